using Orleans.Runtime;

namespace Orleans
{
    /// <summary>A grain that can be woken by reminders. Reminders are durable: they outlive activation and process.</summary>
    public interface IRemindable : IGrain
    {
        /// <summary>A reminder is due; the grain was activated for it if need be.</summary>
        Task ReceiveReminder(string reminderName, TickStatus status);
    }

    /// <summary>Reminders of a grain.</summary>
    public static class GrainReminderExtensions
    {
        /// <summary>Stores the reminder, or replaces the one of that name, and completes when it is durable.</summary>
        /// <param name="grain">A grain that implements <see cref="IRemindable"/>.</param>
        /// <param name="reminderName">1 to 512 characters; its name within the grain.</param>
        /// <param name="dueTime">Time to the first tick, not negative.</param>
        /// <param name="period">Time between ticks, at least one minute.</param>
        public static Task<IGrainReminder> RegisterOrUpdateReminder(this Grain grain, string reminderName, TimeSpan dueTime, TimeSpan period)
        {
            ArgumentNullException.ThrowIfNull(grain);
            if (grain is not IRemindable)
                throw new InvalidOperationException($"{grain.GetType().Name} must implement IRemindable to have reminders.");
            return grain.Activation.Runtime.Reminders.Register(grain.Activation.Identity, reminderName, dueTime, period);
        }
    }
}

namespace Orleans.Runtime
{
    /// <summary>A stored reminder.</summary>
    public interface IGrainReminder
    {
        /// <summary>Its name within the grain.</summary>
        string ReminderName { get; }
    }

    /// <summary>Where a reminder stands at this tick; times are UTC.</summary>
    public readonly struct TickStatus(DateTime firstTickTime, TimeSpan period, DateTime timeStamp)
    {
        /// <summary>When it first ticked or should have.</summary>
        public DateTime FirstTickTime { get; } = firstTickTime;

        /// <summary>Time between ticks.</summary>
        public TimeSpan Period { get; } = period;

        /// <summary>The time of this tick.</summary>
        public DateTime CurrentTickTime { get; } = timeStamp;
    }
}
