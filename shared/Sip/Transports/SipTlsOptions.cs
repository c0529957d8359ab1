using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace CallCenter.Sip.Transports;

/// <summary>SIP over TLS (RFC 3261 section 26, RFC 5922): a port of its own, TLS 1.2 and 1.3.</summary>
public sealed record SipTlsOptions
{
    /// <summary>What we show to peers, with its private key.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>Default 5061; 0 lets the system choose.</summary>
    public int Port { get; init; } = 5061;

    /// <summary>Port in Via and Contact of what goes by TLS. Default the bound one.</summary>
    public int? AdvertisedPort { get; init; }

    /// <summary>Judges the certificate of a server that we connect to. Default: the system's roots and the host's name (RFC 5922 section 7.2).</summary>
    public RemoteCertificateValidationCallback? ValidateServer { get; init; }
}
