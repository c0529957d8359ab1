using CallCenter.Contracts;
using CallCenter.Desk.Live;

namespace CallCenter.Desk.Push;

/// <summary>The server's time to everyone, so that no screen trusts a PC's clock and a silent link is noticed.</summary>
internal sealed class Heartbeat(Connections connections, LiveQueues queues, TimeProvider clock) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                connections.Send(Outgoing.Of(new ClockMessage(clock.Now(), queues.AsOf)));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }
}
