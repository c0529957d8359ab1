using Orleans;

namespace CallCenter.Routing.Pools;

/// <summary>Activates the pool when the process starts, so that waiting contacts are offered and deadlines armed before anything else happens.</summary>
internal sealed class PoolStart(IGrainFactory grains, TimeProvider clock, ILogger<PoolStart> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await grains.GetGrain<IPoolGrain>(Keys.Pool).Wake();
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
