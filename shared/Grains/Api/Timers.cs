using System.Diagnostics.CodeAnalysis;
using CallCenter.Grains;
using Orleans.Runtime;

namespace Orleans
{
    /// <summary>Timers of a grain. They end with the activation.</summary>
    public static class GrainBaseExtensions
    {
        /// <summary>
        /// Calls <paramref name="callback"/> as a turn of the grain, first after the due time, then each period, counted from the end of the callback:
        /// ticks of one timer never overlap. A failing callback is logged and the timer goes on.
        /// The token is cancelled when the timer is disposed or the grain deactivates.
        /// </summary>
        public static IGrainTimer RegisterGrainTimer<TState>(
            this IGrainBase grain,
            Func<TState, CancellationToken, Task> callback,
            TState state,
            GrainTimerCreationOptions options)
        {
            ArgumentNullException.ThrowIfNull(grain);
            ArgumentNullException.ThrowIfNull(callback);
            if (grain is not Grain activated)
                throw new ArgumentException($"{grain.GetType().Name} does not derive from Orleans.Grain.", nameof(grain));
            return new GrainTimer(activated.Activation, token => callback(state, token), options);
        }
    }
}

namespace Orleans.Runtime
{
    /// <summary>A grain or a reference to one.</summary>
    public interface IAddressable;

    /// <summary>A running timer of a grain; disposing it stops it.</summary>
    public interface IGrainTimer : IDisposable
    {
        /// <summary>Starts the timer anew; a tick that has not begun is dropped.</summary>
        void Change(TimeSpan dueTime, TimeSpan period);
    }

    /// <summary>When a timer ticks and how its ticks mix with calls.</summary>
    public readonly record struct GrainTimerCreationOptions()
    {
        /// <summary>A timer that does not interleave and does not keep the grain active.</summary>
        [SetsRequiredMembers]
        public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
            : this()
        {
            DueTime = dueTime;
            Period = period;
        }

        /// <summary>Time to the first tick; <see cref="Timeout.InfiniteTimeSpan"/> = not before Change.</summary>
        public required TimeSpan DueTime { get; init; }

        /// <summary>Time from the end of a tick to the next; <see cref="Timeout.InfiniteTimeSpan"/> = one tick.</summary>
        public required TimeSpan Period { get; init; }

        /// <summary>Ticks may start while calls to the grain await. Default false: a tick waits like a call.</summary>
        public bool Interleave { get; init; }

        /// <summary>A tick counts as use, so that the grain is not collected as idle. Default false.</summary>
        public bool KeepAlive { get; init; }
    }
}
