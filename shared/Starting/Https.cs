using CallCenter.Hosting;

namespace CallCenter.Starting;

/// <summary>
/// HTTPS beside HTTP (<c>Https:Port</c>): browsers give a page the microphone only there and on localhost. The certificate is that of
/// <c>Https:Certificate</c> and <c>Https:Key</c>, else one of the installation's own making; SIP over TLS shows the same.
/// </summary>
internal static class Https
{
    /// <summary>The port; null without HTTPS.</summary>
    public static int? Port(IConfiguration configuration) => configuration.GetValue<int?>("Https:Port");

    /// <summary>Adds the address and the certificate to the configuration. Throws <see cref="InvalidDataException"/>.</summary>
    public static void Prepare(IConfiguration configuration, DataFolder data)
    {
        if (Port(configuration) is null && configuration["Telephony:SipTlsPort"] is null)
        {
            return;
        }
        var http = configuration["urls"] ?? "http://127.0.0.1:8080";
        var files = configuration["Https:Certificate"] is { Length: > 0 } certificate
            ? new CertificateFiles(certificate, configuration["Https:Key"] ?? certificate)
            : ServerCertificate.ReadOrCreate(data, Addresses(http).Select(a => a.Host.Trim('[', ']')).Concat($"{configuration["Telephony:Bind"]},{configuration["Telephony:Advertise"]}".Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)), TimeProvider.System);
        files.Load().Dispose();
        configuration["Telephony:Certificate"] ??= files.Certificate;
        configuration["Telephony:CertificateKey"] ??= files.Key;
        if (Port(configuration) is { } port)
        {
            configuration["Kestrel:Certificates:Default:Path"] = files.Certificate;
            configuration["Kestrel:Certificates:Default:KeyPath"] = files.Key;
            var secure = Addresses(http).Select(a => new UriBuilder(a) { Scheme = "https", Port = port }.Uri.GetLeftPart(UriPartial.Authority));
            configuration["urls"] = string.Join(';', secure.Prepend(http));
        }
    }

    /// <summary>The addresses of a list as Kestrel takes it, parted by semicolons.</summary>
    public static IEnumerable<Uri> Addresses(string urls) => urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(u => new Uri(u));
}
