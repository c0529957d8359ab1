using CallCenter.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallCenter.Ivr.Calls;

/// <summary>
/// 1. After a start: sends each live flow's last command again, for it may have been decided and never sent.
/// 2. From then on, each second: wakes the flows whose deadline has passed. Deadlines are the safety net below the gateway's
/// own events, so a second is near enough, and the first look waits until events that were missed have had time to come.
/// </summary>
internal sealed class OverdueCalls(
    [FromKeyedServices(IvrService.Name)] ServiceDatabase database, [FromKeyedServices(IvrService.Name)] ConfigurationSnapshots snapshots,
    CallRunner runner, TimeProvider clock, ILogger<OverdueCalls> logger)
    : BackgroundService
{
    private const int Batch = 500;
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(1), FirstLook = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!await Try(SendAllAgain, stoppingToken))
            {
                await Task.Delay(Each, clock, stoppingToken);
            }

            await Task.Delay(FirstLook, clock, stoppingToken);
            while (true)
            {
                await Try(WakeOverdue, stoppingToken);
                await Task.Delay(Each, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped: rows and deadlines are in the database.
        }
    }

    private async Task<bool> Try(Func<IReadOnlyList<Guid>, CancellationToken, Task> work, CancellationToken ct)
    {
        try
        {
            if (Tenants() is { Count: > 0 } tenants)
            {
                await work(tenants, ct);
                return true;
            }
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Log.OverdueFailed(logger, e);
        }

        return false;
    }

    private IReadOnlyList<Guid> Tenants() => snapshots.Operator()?.Tenants ?? [];

    private async Task SendAllAgain(IReadOnlyList<Guid> tenants, CancellationToken ct)
    {
        foreach (var call in await database.InTenants(tenants, LiveCalls.All, ct))
        {
            await runner.SendAgain(call.Tenant, call.Contact, ct);
        }
    }

    private async Task WakeOverdue(IReadOnlyList<Guid> tenants, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        foreach (var (tenant, contact) in await database.InTenants(tenants, (c, t) => LiveCalls.Overdue(c, t, now, Batch), ct))
        {
            await runner.OnDeadline(tenant, contact, ct);
        }
    }
}
