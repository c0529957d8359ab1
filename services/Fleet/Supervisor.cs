using CallCenter.Fleet.Control;
using CallCenter.Fleet.Edge;
using CallCenter.Fleet.Members;
using CallCenter.Hosting;
using CallCenter.Starting;

namespace CallCenter.Fleet;

/// <summary>
/// Every service as a process of its own on this machine: 1. database and broker; 2. the services, all at once; 3. the two doors, HTTP and SIP;
/// 4. when all are healthy, the demo and the card. Whatever ends by itself is started again. Stopped in the other order.
/// </summary>
internal sealed class Supervisor : IAsyncDisposable
{
    /// <summary>To the database: 15 for each process that uses it, and some for people.</summary>
    public const int Connections = 200;

    private readonly ConfigurationManager _configuration;
    private readonly EmbeddedRabbitMq? _broker;
    private readonly HttpClient _health = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly Layout _layout;
    private readonly Uri _api;
    private readonly IReadOnlyList<Watch> _servers, _services, _doors;

    private Supervisor(ConfigurationManager configuration, DataFolder data, Ground ground, EmbeddedRabbitMq? broker, string[] args)
    {
        _configuration = configuration;
        _broker = broker;
        Data = data;
        _api = Https.Addresses(configuration["urls"] ?? "http://127.0.0.1:8080").First();
        _layout = new Layout(configuration, data, args);
        _servers = [.. Servers(ground.Postgres, broker).Select(Watched)];
        _services = [.. _layout.Services.Select(Watched)];
        _doors = [.. _layout.Doors(_api).Select(Watched)];
    }

    /// <summary>What the process ends with: 1 when the house could not be opened.</summary>
    public int ExitCode { get; private set; }

    public DataFolder Data { get; }

    /// <summary>With account and password: for the folder's owner alone.</summary>
    public Uri Broker => new(_configuration.GetConnectionString("RabbitMq")!);

    private IEnumerable<Watch> All => [.. _servers, .. _services, .. _doors];

    /// <summary>Starts the broker where none is configured.</summary>
    /// <exception cref="StartException">Something is in the way; one line.</exception>
    public static async Task<Supervisor> Prepare(ConfigurationManager configuration, Ground ground, string[] args)
    {
        var data = DataFolder.From(configuration);
        try
        {
            EmbeddedRabbitMq? broker = null;
            if (configuration.GetConnectionString("RabbitMq") is null)
            {
                using var step = Progress.Step("broker");
                broker = await EmbeddedRabbitMq.Start(data, Progress.Say, CancellationToken.None);
                configuration["ConnectionStrings:RabbitMq"] = broker.ConnectionString;
            }
            return new Supervisor(configuration, data, ground, broker, args);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new StartException(e.Message.ReplaceLineEndings(" ").Trim());
        }
    }

    /// <summary>Until it is told to stop.</summary>
    public async Task Run(IHostApplicationLifetime lifetime)
    {
        var stopping = lifetime.ApplicationStopping;
        try
        {
            foreach (var watch in All)
            {
                await watch.Start(stopping);
            }
            var house = new House(_configuration, Data, new TokenIssuer(Data, TimeProvider.System), _api, TimeProvider.System);
            await Console.Out.WriteAsync(await house.Open(_layout.Addresses, _layout.Hosts, stopping));
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
        }
        catch (Exception e) when (e is StartException or HttpRequestException or InvalidOperationException or IOException)
        {
            await Console.Error.WriteLineAsync($"callcenter: {e.Message}; the services' logs are in {_layout.Logs}");
            ExitCode = 1;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Ctrl-C, SIGTERM.
        }
    }

    public Watch? Find(string name) => All.FirstOrDefault(watch => watch.Member.Name == name);

    /// <param name="memory">Also what each uses of the memory, which costs the kernel some milliseconds a member.</param>
    public async Task<IReadOnlyList<MemberStatus>> Status(bool memory, CancellationToken ct) => await Task.WhenAll(All.Select(watch => Status(watch, memory, ct)));

    /// <summary>Gateways first, whose calls end and are told; then who applies that; then the doors, the broker, and by its owner the database.</summary>
    public async ValueTask DisposeAsync()
    {
        var gateways = _services.Where(w => w.Member.Name.StartsWith("telephony", StringComparison.Ordinal)).ToList();
        await Task.WhenAll(gateways.Select(w => w.DisposeAsync().AsTask()));
        await Task.WhenAll(_services.Except(gateways).Select(w => w.DisposeAsync().AsTask()));
        await Task.WhenAll(_doors.Concat(_servers).Select(w => w.DisposeAsync().AsTask()));
        _health.Dispose();
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }
    }

    private static IEnumerable<IMember> Servers(EmbeddedPostgres? postgres, EmbeddedRabbitMq? broker)
    {
        if (postgres is not null)
        {
            yield return new Server("postgres", () => postgres.ProcessId, postgres.Start, TimeProvider.System);
        }
        if (broker is not null)
        {
            yield return new Server("rabbitmq", () => broker.LiveProcessId, broker.Start, TimeProvider.System);
        }
    }

    private static Watch Watched(IMember member) => new(member, Progress.Say, TimeProvider.System);

    private async Task<MemberStatus> Status(Watch watch, bool memory, CancellationToken ct)
    {
        var member = watch.Member;
        var (megabytes, cpu) = Usage.Of(member.ProcessId, memory);
        var address = _layout.AddressOf(member.Name);
        var state = member.ProcessId is null ? "gone" : address is null ? "runs" : await Health(address, ct);
        return new(member.Name, member.ProcessId, state, watch.Since, watch.Restarts, megabytes, cpu, address?.ToString());
    }

    private async Task<string> Health(Uri address, CancellationToken ct)
    {
        try
        {
            using var response = await _health.GetAsync(new Uri(address, "/health/ready"), ct);
            return response.IsSuccessStatusCode ? "ready"
                : (await response.Content.ReadAsStringAsync(ct)).Contains("stands by", StringComparison.Ordinal) ? "stands by" : "not ready";
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return "not ready";
        }
    }
}
