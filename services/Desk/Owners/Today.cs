using CallCenter.Desk.Live;
using CallCenter.Desk.Push;
using CallCenter.Hosting;

namespace CallCenter.Desk.Owners;

/// <summary>
/// Keeps the figures since midnight up to date, from Reporting: half a second after an event of a tenant, so that Reporting has
/// it too, at most once a second, and each minute for all, as midnight comes without an event. Not at all while no tab is open.
/// </summary>
internal sealed class Today(
    OwnerReads owners, LiveQueues queues, Connections connections, ConfigurationSnapshots snapshots, TimeProvider clock, ILogger<Today> logger) : BackgroundService
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(500), Period = TimeSpan.FromMinutes(1), FreshFor = TimeSpan.FromSeconds(5);

    private readonly Lock _sync = new();
    private readonly HashSet<Guid> _asked = [];
    private readonly SemaphoreSlim _reading = new(1);
    private DateTimeOffset _allAt;
    private bool _failing;

    /// <summary>The tenant's figures are others now.</summary>
    public void Ask(Guid tenant)
    {
        lock (_sync)
        {
            _asked.Add(tenant);
        }
    }

    /// <summary>Reads all tenants, unless that was done within the last 5 s. When Reporting does not answer, the figures stay as they are known.</summary>
    public async Task Now(CancellationToken ct)
    {
        if (clock.GetUtcNow() - _allAt >= FreshFor)
        {
            await Read(All(), ct);
        }
    }

    public override void Dispose()
    {
        _reading.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Settle * 2, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (connections.Count > 0 && Wanted() is { Count: > 0 } wanted)
                {
                    await Task.Delay(Settle, clock, stoppingToken);
                    await Read(wanted, stoppingToken);
                    queues.Publish();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private List<Guid> All() => [.. snapshots.Tenants().Select(tenant => tenant.Tenant)];

    private List<Guid> Wanted()
    {
        var all = clock.GetUtcNow() - _allAt >= Period;
        lock (_sync)
        {
            List<Guid> wanted = all ? All() : [.. _asked];
            _asked.Clear();
            return wanted;
        }
    }

    private async Task Read(List<Guid> tenants, CancellationToken ct)
    {
        await _reading.WaitAsync(ct);
        try
        {
            foreach (var tenant in tenants)
            {
                var figures = await owners.Today(tenant, ct);
                queues.Take(tenant, figures.ToDictionary(queue => queue.Queue, Figures));
            }

            _allAt = tenants.Count == snapshots.Tenants().Count ? clock.GetUtcNow() : _allAt;
            Succeeded();
        }
        catch (HttpRequestException e)
        {
            tenants.ForEach(Ask);
            Failed(e);
        }
        finally
        {
            _reading.Release();
        }
    }

    private void Succeeded()
    {
        if (_failing)
        {
            _failing = false;
            Log.ReadAgain(logger, "Reporting");
        }
    }

    private void Failed(HttpRequestException e)
    {
        if (!_failing)
        {
            _failing = true;
            Log.ReadFailed(logger, "Reporting", e.Message);
        }
    }

    private static TodayFigures Figures(QueueMetricsRead queue)
    {
        double? Value(string metric) => queue.Metrics.GetValueOrDefault(metric)?.Value;
        return new((int)(Value("offered") ?? 0), (int)(Value("answered") ?? 0), (int)(Value("abandoned") ?? 0), Value("service_level_default"));
    }
}
