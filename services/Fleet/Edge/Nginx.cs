using System.Globalization;
using System.Text;
using CallCenter.Hosting;
using CallCenter.Starting;

namespace CallCenter.Fleet.Edge;

/// <summary>The door for HTTP, as an ingress is on a cluster: which path belongs to which service, and which of its instances gets the request.</summary>
/// <param name="upstreams">The instances of each service.</param>
/// <param name="routing">The port inside at which Routing's leader answers.</param>
internal sealed class Nginx(IConfiguration configuration, DataFolder data, IReadOnlyDictionary<string, IReadOnlyList<Uri>> upstreams, int routing)
{
    private const string Installed = "/usr/sbin/nginx";

    /// <summary>Writes its configuration and tells how it is started.</summary>
    public IReadOnlyList<string> Command()
    {
        if (!File.Exists(Installed))
        {
            throw new InvalidOperationException($"nginx is missing ({Installed}): install it with 'apt-get install nginx'.");
        }
        var folder = data.Folder("fleet", "nginx");
        var file = Path.Combine(folder, "nginx.conf");
        DataFolder.WriteWhole(file, Encoding.UTF8.GetBytes(Configuration()));
        return [Installed, "-p", folder, "-c", file, "-e", "stderr"];
    }

    private string Configuration()
    {
        using var reader = new StreamReader(typeof(Nginx).Assembly.GetManifestResourceStream("nginx.conf")!);
        return reader.ReadToEnd()
            .Replace("@USER@", Environment.IsPrivilegedProcess ? "user root;" : "", StringComparison.Ordinal)
            .Replace("@UPSTREAMS@", string.Join('\n', upstreams.Select(Upstream)), StringComparison.Ordinal)
            .Replace("@ROUTING@", routing.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("@LISTEN@", string.Join('\n', Listen()), StringComparison.Ordinal);
    }

    private static string Upstream(KeyValuePair<string, IReadOnlyList<Uri>> service)
    {
        // A browser comes to the same instance again; Routing's leader is found by asking, as a standby answers 503.
        var sticky = service.Key is "Desk" or "Telephony" ? "        hash $remote_addr$http_user_agent consistent;\n" : "";
        var servers = string.Concat(service.Value.Select(a => $"        server {a.Authority} max_fails=0;\n"));
        return $"    upstream {service.Key.ToLowerInvariant()} {{\n{sticky}{servers}        keepalive 16;\n    }}\n";
    }

    private IEnumerable<string> Listen()
    {
        foreach (var address in Https.Addresses(configuration["urls"] ?? "http://127.0.0.1:8080"))
        {
            yield return $"        listen {address.Authority}{(address.Scheme == "https" ? " ssl" : "")};";
        }
        if (Https.Port(configuration) is not null)
        {
            yield return $"        ssl_certificate {configuration["Kestrel:Certificates:Default:Path"]};";
            yield return $"        ssl_certificate_key {configuration["Kestrel:Certificates:Default:KeyPath"]};";
            yield return "        ssl_protocols TLSv1.2 TLSv1.3;";
        }
    }
}
