using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Contracts.Crm;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;

namespace CallCenter.Crm.Tests;

/// <summary>The service as it runs, with its bus and a real database; the tests of a class share it, each with tenants of its own.</summary>
public sealed class CrmHost(PostgresFixture postgres) : IAsyncLifetime
{
    private const int TenantsMade = 40;
    private int _taken;

    public ServiceHost Host { get; private set; } = null!;

    public string Database { get; private set; } = "";

    /// <summary>What the service told, in the order in which it came.</summary>
    internal Listener Told { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private readonly Guid[] _tenants = [.. Enumerable.Range(0, TenantsMade).Select(_ => Guid.CreateVersion7())];

    /// <summary>A tenant that no other test has.</summary>
    public Guid NewTenant() => _tenants[Interlocked.Increment(ref _taken) - 1];

    public async ValueTask InitializeAsync()
    {
        var configuration = await postgres.NewConfiguration();
        Database = configuration["ConnectionStrings:Postgres"]!;
        Host = await ServiceHost.Start(configuration, _tenants, builder =>
        {
            builder.Services.AddSingleton(Told);
            builder.AddCrm();
            builder.AddTransientEvents<Listener>("test", EventCatalog.From("Crm"));
        }, app => app.MapCrm());
        await Host.Get<ConfigurationSnapshots>("crm").Complete(Ct);
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    /// <summary>A call comes in; Crm has applied it when this returns.</summary>
    public async Task<Guid> Call(Guid tenant, string caller, string called = "+358800100200", DateTimeOffset at = default, Guid? contact = null)
    {
        var id = contact ?? Guid.CreateVersion7();
        await Host.Tell(new CallArrived("gateway", caller, called, "trunk", Guid.CreateVersion7(), 0) { Tenant = tenant, Stream = id, OccurredAt = at });
        return id;
    }

    /// <summary>What Routing tells of a contact.</summary>
    public Task Routed(Guid tenant, Guid contact, ContactEvent e) => Host.Tell(e with { Tenant = tenant, Stream = contact }, "routing");

    /// <summary>A call to an agent from its queue to its end.</summary>
    public async Task Talk(Guid tenant, Guid contact, Guid queue, Guid agent, string? disposition)
    {
        await Routed(tenant, contact, new ContactQueued(queue, 0));
        await Host.Tell(new AgentAnswered(agent) { Tenant = tenant, Stream = contact });
        await Routed(tenant, contact, new WrapUpEnded(agent, disposition));
        await Routed(tenant, contact, new ContactEnded(new(TerminationKind.Completed), 1));
    }

    public static async Task<JsonElement> Get(HttpClient client, string path) =>
        await Read(await client.GetAsync(new Uri(path, UriKind.Relative), Ct), HttpStatusCode.OK);

    public static async Task<JsonElement> Put(HttpClient client, string path, object body, HttpStatusCode expected = HttpStatusCode.OK) =>
        await Read(await client.PutAsJsonAsync(new Uri(path, UriKind.Relative), body, Ct), expected);

    /// <summary>The detail of a refusal.</summary>
    public static async Task<string> Refusal(HttpClient client, string path, HttpStatusCode expected)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Ct);
        return (await Read(response, expected)).GetProperty("detail").GetString()!;
    }

    private static async Task<JsonElement> Read(HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync(Ct);
        response.StatusCode.ShouldBe(expected, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    internal sealed class Listener : ITransientHandler
    {
        private readonly ConcurrentQueue<CustomerIdentified> _told = [];

        public Task Handle(object message, CancellationToken ct)
        {
            _told.Enqueue((CustomerIdentified)message);
            return Task.CompletedTask;
        }

        /// <summary>What was told of the contact, once it has come.</summary>
        public Task<List<CustomerIdentified>> Of(Guid contact) => Eventually.Get(
            "the customer is told", TimeSpan.FromSeconds(20), () => Task.FromResult(_told.Where(e => e.Contact == contact).ToList()), told => told.Count > 0);

        public bool SaidNothingOf(Guid contact) => _told.All(e => e.Contact != contact);
    }
}
