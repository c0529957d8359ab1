using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CallCenter.Media.Net;

namespace CallCenter.Media.Dtls;

/// <summary>
/// What all DTLS sessions of an engine share: one certificate (ECDSA P-256, self-signed, in memory only) and the
/// settings. A browser that meets the same certificate again after a restart of ours would keep its old keys and stay
/// silent, so each start makes a new one.
/// </summary>
internal sealed unsafe class DtlsContext : IDisposable
{
    private const string Ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305";
    // OpenSSL's names; the first that the other side offers too is chosen.
    private const string SrtpProfileNames = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
    private const int CertificateBytesMax = 8192;
    // Nobody checks it against a clock: the fingerprint is what counts. Beyond any process's life.
    private static readonly TimeSpan Validity = TimeSpan.FromDays(3650);

    private nint _context;

    private DtlsContext(nint context, string fingerprint) => (_context, Fingerprint) = (context, fingerprint);

    /// <summary>Ours, for the SDP.</summary>
    public string Fingerprint { get; }

    public nint Handle => _context;

    /// <summary>Throws <see cref="DllNotFoundException"/> without OpenSSL 3 and <see cref="InvalidOperationException"/> where it refuses.</summary>
    public static DtlsContext Create(TimeProvider clock, string srtpProfiles = SrtpProfileNames)
    {
        var context = OpenSsl.ContextNew(OpenSsl.DtlsMethod());
        if (context == 0)
        {
            throw new InvalidOperationException($"OpenSSL gives no DTLS context: {OpenSsl.TakeError()}.");
        }
        _ = OpenSsl.ContextSetOptions(context, OpenSsl.SSL_OP_NO_QUERY_MTU | OpenSsl.SSL_OP_NO_TICKET | OpenSsl.SSL_OP_NO_RENEGOTIATION);
        _ = OpenSsl.ContextControl(context, OpenSsl.SSL_CTRL_SET_MIN_PROTO_VERSION, OpenSsl.DTLS1_2_VERSION, 0);
        _ = OpenSsl.ContextControl(context, OpenSsl.SSL_CTRL_SET_SESS_CACHE_MODE, 0, 0);
        _ = OpenSsl.ContextControl(context, OpenSsl.SSL_CTRL_SET_MAX_CERT_LIST, CertificateBytesMax, 0);
        OpenSsl.ContextSetVerify(context, OpenSsl.SSL_VERIFY_PEER | OpenSsl.SSL_VERIFY_FAIL_IF_NO_PEER_CERT, &AcceptForNow);
        var fingerprint = UseNewCertificate(context, clock);
        if (OpenSsl.ContextSetCiphers(context, Ciphers) != 1 || OpenSsl.ContextUseSrtp(context, srtpProfiles) != 0)
        {
            throw new InvalidOperationException($"OpenSSL lacks the ciphers of WebRTC: {OpenSsl.TakeError()}.");
        }
        return new DtlsContext(context, fingerprint);
    }

    private static string UseNewCertificate(nint context, TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=CallCenter", key, HashAlgorithmName.SHA256);
        var now = clock.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now - TimeSpan.FromDays(1), now + Validity);
        var (der, secret) = (certificate.RawData, key.ExportECPrivateKey());
        fixed (byte* rawCertificate = der, rawKey = secret)
        {
            if (OpenSsl.ContextUseCertificate(context, der.Length, rawCertificate) != 1
                || OpenSsl.ContextUsePrivateKey(OpenSsl.EVP_PKEY_EC, context, rawKey, secret.Length) != 1)
            {
                throw new InvalidOperationException($"OpenSSL does not take the certificate: {OpenSsl.TakeError()}.");
            }
        }
        CryptographicOperations.ZeroMemory(secret);
        return Dtls.Fingerprint.Of(der);
    }

    /// <summary>Browsers' certificates are self-signed; the fingerprint of the SDP decides, once it is known.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int AcceptForNow(int verified, nint store) => 1;

    public void Dispose()
    {
        OpenSsl.ContextFree(_context);
        _context = 0;
    }
}
