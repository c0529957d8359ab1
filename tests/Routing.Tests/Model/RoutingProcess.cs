using CallCenter.Grains;
using CallCenter.Routing.Callbacks;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Pools;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans;

namespace CallCenter.Routing.Tests.Model;

/// <summary>A process of Routing: its grains in the world's turns and time. When it dies, nothing of it happens any more.</summary>
#pragma warning disable CA1001 // Who kills it disposes of the runtime.
internal sealed class RoutingProcess
#pragma warning restore CA1001
{
    private static readonly GrainCatalog Catalog = new([typeof(RoutingService).Assembly]);
    private readonly OwnTime time;
    private readonly Telemetry telemetry;
    private readonly GrainRuntime runtime;

    public RoutingProcess(Turns turns, VirtualClock clock, IStateStore store, IGateways gateways, IReminderStore reminders)
    {
        time = new OwnTime(clock);
        telemetry = new Telemetry(time);
        var services = new ServiceCollection()
            .AddSingleton(store).AddSingleton(gateways).AddSingleton<TimeProvider>(time).AddSingleton(telemetry)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>)).AddSingleton<CallControl>().AddSingleton<ICallbackPlans, NoCallbacks>().BuildServiceProvider();
        var options = new EmbeddedGrainsOptions
        {
            SweepPeriod = TimeSpan.FromSeconds(5),
            Executor = item =>
            {
                if (IsAlive)
                {
                    turns.Add(Turns.KeyOf(((Activation)item).Identity.Key), () =>
                    {
                        if (IsAlive)
                        {
                            item.Execute();
                        }
                    });
                }
            },
        };
        runtime = new GrainRuntime(services, Catalog, Options.Create(options), time, NullLogger<GrainRuntime>.Instance, reminders);
        turns.Start(Start);
    }

    public bool IsAlive { get; private set; } = true;

    public IGrainFactory Grains => runtime;

    public void Kill()
    {
        IsAlive = false;
        time.Stop();
        runtime.Dispose();
        telemetry.Dispose();
    }

    /// <summary>As <see cref="PoolStart"/> does.</summary>
    private async Task Start()
    {
        await runtime.Start(CancellationToken.None);
        for (var isAwake = false; !isAwake;)
        {
            try
            {
                await runtime.GetGrain<IPoolGrain>(Keys.Pool).Wake();
                isAwake = true;
            }
            catch (Exception failure) when (failure is Npgsql.NpgsqlException or FencedException or TimeoutException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), time);
            }
        }
    }

    /// <summary>The world's time, until the process dies.</summary>
    private sealed class OwnTime(VirtualClock clock) : TimeProvider
    {
        private readonly List<ITimer> timers = [];
        private bool hasStopped;

        public override long TimestampFrequency => clock.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override long GetTimestamp() => clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = clock.CreateTimer(callback, state, hasStopped ? Timeout.InfiniteTimeSpan : dueTime, period);
            timers.Add(timer);
            return timer;
        }

        public void Stop()
        {
            hasStopped = true;
            timers.ForEach(timer => timer.Dispose());
        }
    }

    /// <summary>Nobody in the model asks to be called back.</summary>
    private sealed class NoCallbacks : ICallbackPlans
    {
        public Task<CallbackPlan?> Complete(Guid tenant, Guid contact, CallbackPlan plan, CancellationToken ct) => throw new InvalidOperationException("No callback was asked for.");
    }
}
