using CallCenter.Contracts;
using CallCenter.Hosting;
using CallCenter.Reporting.Contacts;
using CallCenter.Reporting.Ledger;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace CallCenter.Reporting.Tests.Ledger;

/// <summary>Reporting's schema in a fresh database, migrated by its own start-up.</summary>
internal sealed class ReportingDatabase : IAsyncDisposable
{
    private readonly IHost _host;

    private ReportingDatabase(IHost host, string connectionString)
    {
        _host = host;
        ConnectionString = connectionString;
        Database = host.Services.GetRequiredKeyedService<ServiceDatabase>("reporting");
    }

    /// <summary>Of the account that owns the cluster.</summary>
    public string ConnectionString { get; }

    public ServiceDatabase Database { get; }

    public ContactQueries Queries => new(Database);

    public Rebuild Rebuild => new(Database, TimeProvider.System);

    public static async Task<ReportingDatabase> Start(PostgresFixture postgres)
    {
        var configuration = await postgres.NewConfiguration();
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.AddCallCenterDefaults();
        builder.AddDatabase("reporting", typeof(EventLedger).Assembly);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new ReportingDatabase(host, configuration["ConnectionStrings:Postgres"]!);
    }

    /// <summary>Records the events one by one, each in a transaction of its own, as the inbox may.</summary>
    public Task Record(IEnumerable<DomainEvent> events) => Record(events, () => 1);

    /// <summary>Records so many of the events together, a tenant's in their order, as the inbox may.</summary>
    public async Task Record(IEnumerable<DomainEvent> events, Func<int> together)
    {
        var ct = TestContext.Current.CancellationToken;
        foreach (var tenant in events.GroupBy(e => e.Tenant))
        {
            for (var left = tenant.ToList(); left.Count > 0;)
            {
                var batch = left[..Math.Min(together(), left.Count)];
                left.RemoveRange(0, batch.Count);
                await Database.InTenant(tenant.Key, (connection, transaction) => EventRecorder.Record(batch, connection, transaction, ct), ct);
            }
        }
    }

    /// <summary>Puts events into the ledger alone, many at once; a rebuild folds them.</summary>
    public async Task Keep(IReadOnlyList<DomainEvent> events)
    {
        const string insert = """
            insert into events (tenant, stream, kind, event_id, type, source, sequence, occurred_at, body)
            select $1, stream, kind, event_id, type, source, sequence, occurred_at, body::jsonb
            from unnest($2, $3, $4, $5, $6, $7, $8, $9) as e (stream, kind, event_id, type, source, sequence, occurred_at, body)
            """;
        var ct = TestContext.Current.CancellationToken;
        foreach (var (tenant, some) in events.GroupBy(e => e.Tenant).SelectMany(g => g.Chunk(5_000).Select(some => (g.Key, some))))
        {
            await Database.InTenant(tenant, async (connection, transaction) =>
            {
                await using var command = connection.Sql(transaction, insert, tenant, Column(e => e.Stream), Column(e => e is AgentEvent ? "agent" : "contact"), Column(e => e.EventId),
                    Column(e => e.GetType().Name), Column(e => e.Source), Column(e => e.Sequence), Column(e => e.OccurredAt), Column(EventCatalog.Write));
                await command.ExecuteNonQueryAsync(ct);
            }, ct);

            T[] Column<T>(Func<DomainEvent, T> value) => [.. some.Select(value)];
        }
    }

    /// <summary>Every row of every projection, as text.</summary>
    public async Task<List<string>> Projections(IEnumerable<Guid> tenants)
    {
        var rows = new List<string>();
        foreach (var tenant in tenants)
        {
            rows.AddRange(await Rows(tenant, "select c::text from contacts c order by id"));
            rows.AddRange(await Rows(tenant, "select l::text from legs l order by contact, id"));
            rows.AddRange(await Rows(tenant, "select q::text from queue_facts q order by contact, queue"));
            rows.AddRange(await Rows(tenant, "select t::text from agent_time t order by agent, sequence"));
        }

        return rows;
    }

    /// <summary>The texts that a query as the tenant finds.</summary>
    public Task<List<string>> Rows(Guid tenant, string sql) => Database.InTenant(tenant, async (connection, transaction) =>
    {
        var ct = TestContext.Current.CancellationToken;
        var texts = new List<string>();
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            texts.Add(rows.GetString(0));
        }

        return texts;
    }, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await Database.DisposeAsync();
        _host.Dispose();
    }
}
