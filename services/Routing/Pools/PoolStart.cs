using Orleans;

namespace CallCenter.Routing.Pools;

/// <summary>Activates the pool when the process begins to lead, so that waiting contacts are offered and deadlines armed before anything else happens.</summary>
internal sealed class PoolStart(IGrainFactory grains, TimeProvider clock, ILogger<PoolStart> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The pool has been loaded.</summary>
    public bool IsDone { get; private set; }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        IsDone = false;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await grains.GetGrain<IPoolGrain>(Keys.Pool).Wake();
                IsDone = true;
                return;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                Log.PoolNotStarted(logger, failure);
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }
}
