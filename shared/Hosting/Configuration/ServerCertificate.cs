using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CallCenter.Hosting;

/// <summary>A certificate and its private key, both PEM.</summary>
public sealed record CertificateFiles(string Certificate, string Key)
{
    /// <summary>Reads both. Throws <see cref="InvalidDataException"/> that says what is wrong and what to do.</summary>
    public X509Certificate2 Load()
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(Certificate, Key);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidDataException($"The certificate {Certificate} with the key {Key} cannot be used ({e.Message.TrimEnd('.')}): give PEM files that belong together, the key without a password.", e);
        }
    }
}

/// <summary>
/// What an installation shows by TLS when it was given no certificate: a self-signed one (ECDSA P-256, a year) in
/// <c>DATA/certificates</c>, made at first use and again when it ends within a month or lacks a name. Peers have to be told to trust it.
/// </summary>
public static class ServerCertificate
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(365), RenewBefore = TimeSpan.FromDays(30), Slow = TimeSpan.FromDays(1);

    /// <summary>The files of that certificate. Beside <paramref name="names"/> it is good for this machine's name and its loopback.</summary>
    /// <param name="names">Host names and addresses by which peers reach us.</param>
    public static CertificateFiles ReadOrCreate(DataFolder data, IEnumerable<string> names, TimeProvider clock)
    {
        var files = new CertificateFiles(data.Path("certificates", "server.pem"), data.Path("certificates", "server.key"));
        var wanted = names.Concat(["localhost", "127.0.0.1", "::1", Environment.MachineName]).Where(n => n is not "0.0.0.0").Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (!IsGood(files, wanted, clock.GetUtcNow()))
        {
            Create(files, wanted, clock.GetUtcNow());
        }
        return files;
    }

    private static bool IsGood(CertificateFiles files, List<string> names, DateTimeOffset now)
    {
        if (!File.Exists(files.Certificate) || !File.Exists(files.Key))
        {
            return false;
        }
        using var certificate = files.Load();
        return certificate.NotAfter.ToUniversalTime() - RenewBefore > now.UtcDateTime
            && names.TrueForAll(n => certificate.MatchesHostname(n, allowWildcards: false, allowCommonName: false));
    }

    private static void Create(CertificateFiles files, List<string> names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false)); // TLS server
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }
        request.CertificateExtensions.Add(alternatives.Build());
        using var certificate = request.CreateSelfSigned(now - Slow, now + Life);
        DataFolder.WriteWhole(files.Key, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        DataFolder.WriteWhole(files.Certificate, Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()));
    }
}
