using System.Collections.Concurrent;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Tenancy;
using CallCenter.Grains;
using CallCenter.Hosting;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Leading;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;
using CallCenter.Routing.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Orleans;

namespace CallCenter.Routing.Tests.Running;

/// <summary>Routing on a real database, with a gateway and other services played by the test. Restarted on the same database by starting another.</summary>
internal sealed class RoutingHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private RoutingHost(WebApplication app) => this.app = app;

    public static Guid Operator { get; } = Guid.Parse("0190a000-0000-7000-8000-000000000001");

    public static Guid Tenant { get; } = Guid.Parse("0190a000-0000-7000-8000-000000000002");

    public TestGateway Gateway => app.Services.GetRequiredService<TestGateway>();

    public IGrainFactory Grains => app.Services.GetRequiredService<IGrainFactory>();

    public RoutingStore Store => app.Services.GetRequiredService<RoutingStore>();

    public IEventStore Events => app.Services.GetRequiredService<Events.RoutingEvents>();

    public Ledger Ledger => app.Services.GetRequiredService<Ledger>();

    public bool IsLeading => app.Services.GetRequiredService<Leadership>().IsLeading;

    public IReminderStore Reminders => app.Services.GetRequiredService<IReminderStore>();

    public EndedContacts EndedContacts => app.Services.GetRequiredService<EndedContacts>();

    public TimeProvider Clock => app.Services.GetRequiredService<TimeProvider>();

    public static async Task<RoutingHost> Start(IDictionary<string, string?> configuration, TimeProvider? clock = null, TestGateway? gateway = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.AddCallCenterDefaults();
        builder.AddRouting();
        builder.Services.AddSingleton(gateway ?? new TestGateway());
        builder.Services.AddSingleton<IGateways>(services => services.GetRequiredService<TestGateway>());
        builder.AddTransientEvents<Ledger>("test", EventCatalog.From("Routing"));
        var app = builder.Build();
        app.MapCallCenterDefaults();
        app.MapRouting();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RoutingHost(app);
    }

    public async Task<Guid> AddQueue(int wrapUpMs = 15_000, int offerTimeoutMs = 20_000, Dictionary<string, int>? skills = null, int shortAbandonMs = 5_000)
    {
        var queue = new QueueRecord
        {
            Id = Guid.NewGuid(), Tenant = Tenant, Name = "Sales", WrapUpMs = wrapUpMs, OfferTimeoutMs = offerTimeoutMs, Skills = skills ?? [], ShortAbandonMs = shortAbandonMs,
        };
        return await AddQueue(queue);
    }

    /// <summary>Sets a queue up, or anew.</summary>
    public async Task<Guid> AddQueue(QueueRecord queue)
    {
        var answer = await Grains.GetGrain<ISettingsGrain>(Keys.Pool).Save(new SaveMessage(Guid.NewGuid(), "test", Operator, [new(queue.Id, RoutingStore.Write(queue), null)], []));
        answer.Errors.ShouldBeEmpty();
        answer.Conflict.ShouldBeNull();
        return queue.Id;
    }

    /// <summary>An agent with a reachable phone, available at once.</summary>
    public async Task<TestAgent> AddAgent(params Guid[] queues)
    {
        var agent = new TestAgent(this, Guid.NewGuid());
        await agent.Configure(new Dictionary<string, int> { ["fi"] = 3 }, queues);
        await agent.Reachable();
        await agent.Choose(AgentStatus.Available);
        return agent;
    }

    public Uri Address => new(app.Urls.First());

    /// <summary>What a service finds that has seen the operator before.</summary>
    public static void KeepOperatorSnapshot(string dataFolder)
    {
        var folder = Directory.CreateDirectory(Path.Combine(dataFolder, RoutingService.Name, "snapshots")).FullName;
        var snapshot = new OperatorSnapshot(Operator, 1, "Operator", "callcenter", [Tenant], [], []);
        File.WriteAllText(Path.Combine(folder, "operator.json"), RoutingStore.Write(snapshot));
    }

    /// <summary>The API as a signed-in user.</summary>
    public TestUser Http(Guid user, Role role, params Guid[] tenants) => Http(new Caller(user, role.Name(), role, tenants));

    /// <summary>The API as a supervisor who is limited to the teams.</summary>
    public TestUser SupervisorOf(params string[] teams) => Http(new Caller(Guid.NewGuid(), "Sanna", Role.Supervisor, []) { Teams = teams });

    /// <summary>Every route that is mapped, and what is said of it.</summary>
    public IReadOnlyList<RouteEndpoint> Routes => [.. app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    private TestUser Http(Caller caller) => new(Address, app.Services.GetRequiredService<TokenIssuer>().Issue(caller).Token);

    public TestCall NewCall() => new(this);

    /// <summary>A contact that Routing made itself.</summary>
    public TestCall NewCall(Guid id) => new(this) { Id = id };

    public Task<List<QueueFigures>> Figures(Guid queue) => Grains.GetGrain<IPoolGrain>(Keys.Pool).Figures([queue]);

    public Task<PlaceReport?> PlaceOf(TestCall call) => Grains.GetGrain<IPoolGrain>(Keys.Pool).PlaceOf(call.Id, null);

    public Task Stop() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

/// <summary>Every event that Routing told, each once, in the order of its stream.</summary>
internal sealed class Ledger : ITransientHandler
{
    private readonly ConcurrentDictionary<Guid, DomainEvent> events = new();

    public Task Handle(object message, CancellationToken ct)
    {
        var e = (DomainEvent)message;
        events.TryAdd(e.EventId, e);
        return Task.CompletedTask;
    }

    public IReadOnlyList<DomainEvent> Of(Guid stream) => [.. events.Values.Where(e => e.Stream == stream).OrderBy(e => e.Sequence)];

    public async Task<T> Wait<T>(Guid stream, int number = 1) where T : DomainEvent
    {
        await Eventually.Be(() => Of(stream).OfType<T>().Count() >= number, text: $"{typeof(T).Name} {number}");
        return Of(stream).OfType<T>().ElementAt(number - 1);
    }
}
