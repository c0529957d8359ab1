using CallCenter.Contracts.Tenancy;
using CallCenter.Hosting;
using Dapper;
using MassTransit;

namespace CallCenter.Tenancy.Snapshots;

/// <summary>
/// Tells services after the commit that a configuration changed, and of every configuration at the start. A notice that is lost
/// does no harm for long: services look each minute.
/// </summary>
internal sealed class ConfigurationNotices(TenancyStore store, IBus bus, IHostApplicationLifetime lifetime, ILogger<ConfigurationNotices> logger) : BackgroundService
{
    public async Task Tell(params IEnumerable<Change?> changes)
    {
        foreach (var change in changes.OfType<Change>())
        {
            try
            {
                await bus.Publish(new ConfigurationChanged(change.Id, change.Version), lifetime.ApplicationStopping);
            }
            catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // The next start tells it.
                return;
            }
            catch (Exception e)
            {
                Log.NoticeFailed(logger, e, change.Id);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStarted = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            await Tell(await All(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped before it had started.
        }
    }

    private async Task<List<Change>> All(CancellationToken ct)
    {
        var changes = await store.Database.OperatorWide(async (c, t) =>
            (await c.QueryAsync<Change>(new CommandDefinition("SELECT id, version FROM operator", transaction: t, cancellationToken: ct))).ToList(), ct);
        if (await store.Tenants(ct) is { Length: > 0 } tenants)
        {
            changes.AddRange(await store.Database.InTenants(tenants, (c, t) =>
                c.QueryAsync<Change>(new CommandDefinition("SELECT tenant AS id, version FROM tenants", transaction: t, cancellationToken: ct)), ct));
        }
        return changes;
    }
}
