using System.Collections.Concurrent;
using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Desk.Owners;
using CallCenter.Desk.Push;
using CallCenter.Hosting;
using CallCenter.TestKit.Running;

namespace CallCenter.Desk.Tests.Running;

/// <summary>Desk as it runs: its hub on Kestrel, its events from the real bus. The owners of what it reads are played by the test.</summary>
internal sealed class DeskHost : IAsyncDisposable
{
    private readonly ServiceHost _host;
    private readonly string _folder;

    private DeskHost(ServiceHost host, Owned owned, string folder) => (_host, Owners, _folder) = (host, owned, folder);

    public Owned Owners { get; }

    public Uri Address => new(_host.App.Urls.First());

    public static Task<DeskHost> Start(params Guid[] tenants) => Start(null, tenants);

    /// <param name="site">Folder of the built client.</param>
    public static async Task<DeskHost> Start(string? site, Guid[] tenants)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"callcenter-desk-{Guid.NewGuid():N}");
        var owned = new Owned();
        var host = await ServiceHost.Start(
            new Dictionary<string, string?> { ["Data:Folder"] = folder, ["Desk:Site"] = site ?? Path.Combine(folder, "none") }, tenants, builder => builder.AddDesk(), app =>
            {
                app.MapDesk();
                owned.Map(app);
            });
        await host.Get<ConfigurationSnapshots>(DeskService.Name).Complete(TestContext.Current.CancellationToken);
        return new DeskHost(host, owned, folder);
    }

    public T Get<T>() where T : notnull => _host.Get<T>();

    public HttpClient As(Role role, Guid? user = null, params Guid[] tenants) => _host.As(role, user, tenants);

    public string Token(Role role, Guid? user = null, params Guid[] tenants) => Token(new Caller(user ?? Guid.CreateVersion7(), "Someone", role, tenants));

    public string Token(Caller caller) => _host.Get<TokenIssuer>().Issue(caller).Token;

    /// <summary>A supervisor who is limited to the teams.</summary>
    public static Caller SupervisorOf(params string[] teams) => new(Guid.CreateVersion7(), "Sanna", Role.Supervisor, []) { Teams = teams };

    public HttpClient Anonymous() => new() { BaseAddress = Address };

    public Task<HubClient> Connect(Caller caller) => HubClient.Connect(Address, Token(caller));

    public Task<HubClient> Connect(Role role, Guid? user = null, params Guid[] tenants) => HubClient.Connect(Address, Token(role, user, tenants));

    /// <summary>Tells an event of a contact as its source would.</summary>
    public Task Tell(Guid tenant, Guid contact, ContactEvent e, string source = "routing") =>
        _host.Tell(e with { Tenant = tenant, Stream = contact, OccurredAt = TimeProvider.System.Now() }, source);

    /// <summary>Tells that an agent changed to what the owner now says of it.</summary>
    public Task Tell(AgentItem agent)
    {
        var now = new AgentSnapshot(
            Enum.Parse<AgentStatus>(agent.Status), agent.Reason, agent.StatusSince, Enum.Parse<AgentState>(agent.State), agent.StateSince, agent.Contact, agent.Deadline) { Team = agent.Team };
        return _host.Tell(new AgentChanged(now, now, "test", "test") { Tenant = Guid.CreateVersion7(), Stream = agent.Id, OccurredAt = TimeProvider.System.Now() }, "routing");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>What Routing and Reporting would answer.</summary>
internal sealed class Owned
{
    public ConcurrentDictionary<Guid, QueueRead> Queues { get; } = [];

    public ConcurrentDictionary<Guid, AgentItem> Agents { get; } = [];

    public ConcurrentDictionary<Guid, ContactRead> Contacts { get; } = [];

    public ConcurrentDictionary<Guid, QueueMetricsRead> Today { get; } = [];

    public QueueRead AddQueue(Guid tenant, string name = "Myynti", string? greeting = null)
    {
        var queue = new QueueRead(Guid.CreateVersion7(), tenant, name, 0, null, 20, 15, new ServiceLevelGoal(80, 20), greeting, [new DispositionCode("sold", "Sold")]);
        return Queues[queue.Id] = queue;
    }

    public AgentItem AddAgent(params Guid[] queues)
    {
        var (id, now) = (Guid.CreateVersion7(), TimeProvider.System.Now());
        return Agents[id] = new AgentItem(id, $"agent-{id:N}", "Aino", "Available", null, now, "Idle", now, null, null, null, queues);
    }

    public void Map(WebApplication app)
    {
        app.MapGet("/api/queues", () => new { items = Queues.Values }).RequireRoles(Role.Service);
        app.MapGet("/api/agents", () => new { items = Agents.Values }).RequireRoles(Role.Service);
        app.MapGet("/api/agents/{id:guid}", (Guid id) => Agents.TryGetValue(id, out var agent) ? Results.Ok(agent) : Problems.NotFound("agent")).RequireRoles(Role.Service);
        app.MapGet("/api/reports/today", (Guid tenant) => new { items = Today.Values.Where(item => Queues[item.Queue].Tenant == tenant) }).RequireRoles(Role.Service);
        app.MapGet("/api/contacts/{id:guid}", (Guid id) => Contacts.TryGetValue(id, out var contact) ? Results.Ok(contact) : Problems.NotFound("contact")).RequireRoles(Role.Service);
    }
}
