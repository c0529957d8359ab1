using System.Collections.Concurrent;

namespace CallCenter.Grains;

/// <summary>Where reminders outlive the process: a database in a service, memory in tests. Failures go to the grain that registers, or fail the start.</summary>
public interface IReminderStore
{
    /// <summary>All reminders; asked once, at start.</summary>
    Task<IReadOnlyList<StoredReminder>> Load(CancellationToken cancellationToken);

    /// <summary>Inserts the reminder or replaces the one of the same grain and name; completes when it is durable.</summary>
    Task Save(StoredReminder reminder, CancellationToken cancellationToken);
}

/// <summary>A reminder as it is stored.</summary>
/// <param name="GrainType">The grain class's name in lower case without "Grain".</param>
/// <param name="GrainKey">The grain's key.</param>
/// <param name="Name">The reminder's name within the grain.</param>
/// <param name="FirstTick">When it ticks first.</param>
/// <param name="Period">Time between ticks, at least a minute.</param>
public sealed record StoredReminder(string GrainType, string GrainKey, string Name, DateTimeOffset FirstTick, TimeSpan Period);

/// <summary>Reminders that live as long as this object: for tests, which give it to one runtime after another.</summary>
public sealed class MemoryReminderStore : IReminderStore
{
    private readonly ConcurrentDictionary<(string, string, string), StoredReminder> reminders = new();

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredReminder>> Load(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredReminder>>([.. reminders.Values]);

    /// <inheritdoc/>
    public Task Save(StoredReminder reminder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        reminders[(reminder.GrainType, reminder.GrainKey, reminder.Name)] = reminder;
        return Task.CompletedTask;
    }
}
