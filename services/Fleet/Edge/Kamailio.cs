using System.Globalization;
using System.Text;
using CallCenter.Hosting;

namespace CallCenter.Fleet.Edge;

/// <summary>The door for SIP: one port before all gateways.</summary>
/// <param name="gateways">UDP and TCP.</param>
internal sealed class Kamailio(IConfiguration configuration, DataFolder data, IReadOnlyList<int> gateways)
{
    private const string Installed = "/usr/sbin/kamailio", SharedMegabytes = "64", PrivateMegabytes = "8";

    /// <summary>Where what it passes on comes from, in CIDR form.</summary>
    public static IEnumerable<string> Networks(IConfiguration configuration) =>
        Addresses(configuration).Select(a => a.Contains(':', StringComparison.Ordinal) ? $"{a}/128" : $"{a}/32");

    /// <summary>Writes its configuration and tells how it is started.</summary>
    public IReadOnlyList<string> Command()
    {
        if (!File.Exists(Installed))
        {
            throw new InvalidOperationException($"Kamailio is missing ({Installed}): install it with 'apt-get install kamailio'.");
        }
        var folder = data.Folder("fleet", "kamailio");
        var (list, file) = (Path.Combine(folder, "gateways.list"), Path.Combine(folder, "kamailio.cfg"));
        DataFolder.WriteWhole(list, Encoding.UTF8.GetBytes(string.Concat(gateways.Select(port => string.Create(CultureInfo.InvariantCulture, $"1 sip:{Address(Bind[0])}:{port}\n")))));
        DataFolder.WriteWhole(file, Encoding.UTF8.GetBytes(Configuration(list)));
        return [Installed, "-f", file, "-DD", "-E", "-w", folder, "-Y", folder, "-P", Path.Combine(folder, "pid"), "-m", SharedMegabytes, "-M", PrivateMegabytes];
    }

    private string[] Bind => Addresses(configuration);

    private static string[] Addresses(IConfiguration configuration) => (configuration["Telephony:Bind"] ?? "127.0.0.1").Split(',', StringSplitOptions.TrimEntries);

    private string Configuration(string list)
    {
        using var reader = new StreamReader(typeof(Kamailio).Assembly.GetManifestResourceStream("kamailio.cfg")!);
        return reader.ReadToEnd().Replace("@LISTEN@", string.Join('\n', Listen()), StringComparison.Ordinal).Replace("@GATEWAYS@", list, StringComparison.Ordinal);
    }

    private IEnumerable<string> Listen()
    {
        var advertise = (configuration["Telephony:Advertise"] ?? string.Join(',', Bind)).Split(',', StringSplitOptions.TrimEntries);
        var port = configuration["Telephony:SipPort"] ?? "5060";
        return from place in Enumerable.Range(0, Bind.Length)
               from transport in (string[])["udp", "tcp"]
               let told = advertise[place] == Bind[place] ? "" : $" advertise {Address(advertise[place])}:{port}"
               select $"listen={transport}:{Address(Bind[place])}:{port}{told}";
    }

    private static string Address(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
}
