using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.Hosting;

/// <summary>Migrates every registered database before any other hosted service starts; waits a while for a server that is not up yet.</summary>
internal sealed class MigrationService(
    Databases databases, PostgresConnections connections, RolePasswords passwords, TimeProvider clock, ILogger<MigrationService> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan ServerWait = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromSeconds(1);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var database in databases.All)
        {
            await MigrateWhenUp(database, cancellationToken);
            database.Migrated = true;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task MigrateWhenUp(DatabaseRegistration database, CancellationToken ct)
    {
        var until = clock.GetUtcNow() + ServerWait;
        while (true)
        {
            try
            {
                await Migrate(database, ct);
                return;
            }
            catch (NpgsqlException e) when (e is not PostgresException { SqlState: not PostgresErrorCodes.CannotConnectNow } && clock.GetUtcNow() < until)
            {
                Log.WaitingForDatabase(logger, database.Service, e.Message);
                await Task.Delay(Pause, clock, ct);
            }
        }
    }

    private async Task Migrate(DatabaseRegistration database, CancellationToken ct)
    {
        await using var bootstrap = connections.Bootstrap();
        await using var migrate = connections.Open(SchemaSetup.MigrateRole(database.Service), database.Service);
        foreach (var name in await new SchemaSetup(database.Service, bootstrap, migrate, passwords).Run(database.Migrations, ct))
        {
            Log.Migrated(logger, database.Service, name);
        }
    }
}

/// <summary>Ready when the migrations are in.</summary>
internal sealed class DatabaseHealth(DatabaseRegistration database) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(database.Migrated ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("the migrations are not in yet"));
}
