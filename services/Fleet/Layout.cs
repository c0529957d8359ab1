using System.Globalization;
using System.Text.Json;
using CallCenter.Fleet.Edge;
using CallCenter.Fleet.Members;
using CallCenter.Hosting;
using CallCenter.Starting;

namespace CallCenter.Fleet;

/// <summary>Which processes there are, where each listens and with which configuration. Ports are kept in the data folder, so that a restarted fleet is found where it was.</summary>
internal sealed class Layout
{
    /// <summary>How many of each; who owns what when there are several: README.md.</summary>
    private static readonly (string Service, int Instances)[] Plan =
        [("Tenancy", 1), ("Routing", 2), ("Ivr", 1), ("Crm", 1), ("Recording", 1), ("Reporting", 1), ("Telephony", 2), ("Desk", 2)];

    /// <summary>What the fleet does itself, and not its services.</summary>
    private static readonly string[] Own = ["urls", "Data:Folder", "Demo:Load", "Https", "Fleet", "Telephony:Bind", "Telephony:Advertise", "Telephony:SipPort", "Telephony:RtpFrom", "Telephony:RtpTo"];

    // A service has 10 s to stop (Hosting), the way to it some more; the calls of a gateway have their time before.
    private static readonly TimeSpan ServiceStop = TimeSpan.FromSeconds(12), DoorStop = TimeSpan.FromSeconds(3);
    private const int DrainSeconds = 60;

    private readonly IConfiguration _configuration;
    private readonly DataFolder _data;
    private readonly Dictionary<string, int> _ports;
    private readonly Dictionary<string, string> _shared;

    public Layout(IConfiguration configuration, DataFolder data, string[] args)
    {
        _configuration = configuration;
        _data = data;
        Logs = data.Folder("fleet", "logs");
        _ports = ReadOrChoosePorts(data);
        _shared = Shared(args);
        Services = [.. Instances.Select(Service)];
    }

    /// <summary>The folder of what the processes print.</summary>
    public string Logs { get; }

    public IReadOnlyList<IMember> Services { get; }

    /// <summary>Where each service is asked, whichever of its instances answers.</summary>
    public IReadOnlyList<Uri> Addresses => [.. Plan.Select(p => Of(p.Service))];

    /// <summary>Where each process is asked.</summary>
    public IReadOnlyList<Uri> Hosts => [.. Instances.Select(i => At(i.Name))];

    private static IEnumerable<(string Service, string Name)> Instances => Plan.SelectMany(p => Enumerable.Range(1, p.Instances)
        .Select(n => (p.Service, p.Instances == 1 ? p.Service.ToLowerInvariant() : string.Create(CultureInfo.InvariantCulture, $"{p.Service.ToLowerInvariant()}-{n}"))));

    /// <summary>Where the process of that name is asked; null for what is no service.</summary>
    public Uri? AddressOf(string name) => Instances.Any(i => i.Name == name) ? At(name) : null;

    /// <summary>What listens for the outside world.</summary>
    public IReadOnlyList<IMember> Doors(Uri api)
    {
        var upstreams = Plan.ToDictionary(p => p.Service, p => (IReadOnlyList<Uri>)[.. Instances.Where(i => i.Service == p.Service).Select(i => At(i.Name))]);
        var nginx = new Nginx(_configuration, _data, upstreams, _ports["routing"]);
        var kamailio = new Kamailio(_configuration, _data, [.. Gateways.Select(name => _ports[SipOf(name)])]);
        return [Door("nginx", nginx.Command), Door("kamailio", kamailio.Command)];
    }

    private static IReadOnlyList<string> Gateways => [.. Instances.Where(i => i.Service == "Telephony").Select(i => i.Name)];

    private Subprocess Door(string name, Func<IReadOnlyList<string>> command) => new(name, command, new Dictionary<string, string>(), _data, LogOf(name), DoorStop);

    private static string SipOf(string gateway) => $"{gateway}-sip";

    private Subprocess Service((string Service, string Name) instance)
    {
        var environment = new Dictionary<string, string>(_shared)
        {
            ["ASPNETCORE_URLS"] = At(instance.Name).ToString(),
            // Its files are its own, but for the keys.
            ["Data__Folder"] = _data.Folder("fleet", instance.Name),
        };
        if (instance.Service == "Telephony")
        {
            Gateway(instance.Name, environment);
        }
        var drain = instance.Service == "Telephony" ? TimeSpan.FromSeconds(Drain) : TimeSpan.Zero;
        return new Subprocess(instance.Name, () => [ProgramOf(instance.Service)], environment, _data, LogOf(instance.Name), drain + ServiceStop);
    }

    private int Drain => _configuration.GetValue("Telephony:DrainSeconds", DrainSeconds);

    /// <summary>A SIP port of its own, where Kamailio finds it; its part of the audio's ports; one of the gateways registers at trunks.</summary>
    private void Gateway(string name, Dictionary<string, string> environment)
    {
        foreach (var key in (string[])["Bind", "Advertise"])
        {
            if (_configuration[$"Telephony:{key}"] is { } value)
            {
                environment[$"Telephony__{key}"] = value;
            }
        }
        var (from, to) = (_configuration.GetValue("Telephony:RtpFrom", 20_000), _configuration.GetValue("Telephony:RtpTo", 29_999));
        var (place, each) = (Gateways.ToList().IndexOf(name), (to - from + 1) / Gateways.Count / 2 * 2);
        Set("SipPort", _ports[SipOf(name)]);
        Set("DrainSeconds", Drain);
        Set("RtpFrom", from + (place * each));
        Set("RtpTo", place == Gateways.Count - 1 ? to : from + ((place + 1) * each) - 1);
        Set("Ordinal", place);
        environment["Telephony__TrustedProxies"] = string.Join(',', Kamailio.Networks(_configuration));

        void Set(string key, int value) => environment[$"Telephony__{key}"] = value.ToString(CultureInfo.InvariantCulture);
    }

    private string LogOf(string name) => Path.Combine(Logs, $"{name}.log");

    /// <summary>Beside this program, of the same build.</summary>
    private static string ProgramOf(string service) =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory.Replace("/services/Fleet/", $"/services/{service}/", StringComparison.Ordinal), $"CallCenter.{service}"));

    private Uri Of(string service) => At(Plan.Single(p => p.Service == service).Instances == 1 ? service.ToLowerInvariant()
        : service == "Routing" ? "routing" : $"{service.ToLowerInvariant()}-1");

    private Uri At(string name) => new($"http://127.0.0.1:{_ports[name].ToString(CultureInfo.InvariantCulture)}");

    private Dictionary<string, string> Shared(string[] args)
    {
        var shared = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["ConnectionStrings__Postgres"] = _configuration.GetConnectionString("Postgres")!,
            ["ConnectionStrings__RabbitMq"] = _configuration.GetConnectionString("RabbitMq")!,
            ["Data__Keys"] = _data.Keys,
            ["Tenancy__Administrator__User"] = _configuration["Tenancy:Administrator:User"]!,
            ["Tenancy__Administrator__Password"] = _configuration["Tenancy:Administrator:Password"]!,
            ["Tenancy__Operator__Name"] = _configuration["Tenancy:Operator:Name"]!,
            ["Web__TrustedProxies"] = "127.0.0.0/8,::1/128",
            ["Logging__LogLevel__Default"] = "Warning",
            ["Logging__LogLevel__Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
            ["Logging__LogLevel__Microsoft.AspNetCore.DataProtection"] = "Error",
            ["Logging__Console__FormatterName"] = "simple",
            ["Logging__Console__FormatterOptions__SingleLine"] = "true",
            ["Logging__Console__FormatterOptions__TimestampFormat"] = "HH:mm:ss ",
        };
        foreach (var (service, _) in Plan)
        {
            shared[$"Services__{service}__Url"] = Of(service).ToString();
        }
        foreach (var (key, value) in new ConfigurationBuilder().AddCommandLine(args).Build().AsEnumerable().Where(pair => pair.Value is not null && !IsOwn(pair.Key)))
        {
            shared[key.Replace(":", "__", StringComparison.Ordinal)] = value!;
        }
        return shared;
    }

    private static bool IsOwn(string key) => Array.Exists(Own, own => key.Equals(own, StringComparison.OrdinalIgnoreCase) || key.StartsWith(own + ":", StringComparison.OrdinalIgnoreCase));

    private static Dictionary<string, int> ReadOrChoosePorts(DataFolder data)
    {
        var file = data.Path("fleet", "ports.json");
        var ports = File.Exists(file) ? JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllBytes(file))! : [];
        var missing = Instances.Select(i => i.Name).Append("routing").Concat(Gateways.Select(SipOf)).Where(name => !ports.ContainsKey(name)).ToList();
        foreach (var (name, port) in missing.Zip(FreePort.Find(missing.Count)))
        {
            ports[name] = port;
        }
        DataFolder.WriteWhole(file, JsonSerializer.SerializeToUtf8Bytes(ports));
        return ports;
    }
}
