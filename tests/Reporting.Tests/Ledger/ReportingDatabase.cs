using CallCenter.Contracts;
using CallCenter.Hosting;
using CallCenter.Reporting.Contacts;
using CallCenter.Reporting.Ledger;
using Microsoft.Extensions.Hosting;

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
    public async Task Record(IEnumerable<DomainEvent> events)
    {
        var ct = TestContext.Current.CancellationToken;
        foreach (var e in events)
        {
            await Database.InTenant(e.Tenant, (connection, transaction) => EventRecorder.Record(e, connection, transaction, ct), ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await Database.DisposeAsync();
        _host.Dispose();
    }
}
