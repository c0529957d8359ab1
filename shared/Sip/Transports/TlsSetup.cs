using System.Net.Security;
using System.Security.Authentication;

namespace CallCenter.Sip.Transports;

/// <summary>Both ends' settings of TLS, made once for all connections.</summary>
internal sealed class TlsSetup(SipTlsOptions options)
{
    private const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;

    public SslServerAuthenticationOptions Server { get; } = new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(options.Certificate, additionalCertificates: null, offline: true),
        EnabledSslProtocols = Versions,
    };

    public SslClientAuthenticationOptions Client(string host) => new()
    {
        TargetHost = host,
        EnabledSslProtocols = Versions,
        RemoteCertificateValidationCallback = options.ValidateServer,
    };
}
