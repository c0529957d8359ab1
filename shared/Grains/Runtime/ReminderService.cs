using Orleans;
using Orleans.Runtime;

namespace CallCenter.Grains;

/// <summary>Keeps the stored reminders in order of their next tick and wakes their grains. A tick missed while the process was down is not made up for.</summary>
internal sealed class ReminderService(GrainRuntime runtime, GrainCatalog catalog, IReminderStore? store)
{
    private static readonly TimeSpan PeriodMin = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<(string, string, string), StoredReminder> current = [];
    private readonly PriorityQueue<StoredReminder, DateTimeOffset> due = new();

    public async Task Load(CancellationToken cancellationToken)
    {
        if (store is null)
            return;
        var stored = await store.Load(cancellationToken);
        lock (gate)
        {
            current.Clear();
            due.Clear();
        }

        foreach (var reminder in stored)
            Schedule(reminder);
    }

    public async Task<IGrainReminder> Register(GrainId id, string name, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, 512, nameof(name));
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, PeriodMin);
        if (store is null)
            throw new InvalidOperationException("Reminders need an IReminderStore among the services.");
        var reminder = new StoredReminder(id.Class.Name, id.Key, name, runtime.Time.GetUtcNow() + dueTime, period);
        await store.Save(reminder, CancellationToken.None);
        Schedule(reminder);
        return new GrainReminder(name);
    }

    /// <summary>Sends every tick that is due, without waiting for the grains.</summary>
    public void Fire()
    {
        var now = runtime.Time.GetUtcNow();
        while (TakeDue(now) is { } reminder)
            _ = Send(reminder, now);
    }

    private void Schedule(StoredReminder reminder)
    {
        lock (gate)
        {
            current[KeyOf(reminder)] = reminder;
            due.Enqueue(reminder, NextTick(reminder, runtime.Time.GetUtcNow()));
        }
    }

    private StoredReminder? TakeDue(DateTimeOffset now)
    {
        lock (gate)
        {
            while (due.TryPeek(out var reminder, out var at) && at <= now)
            {
                due.Dequeue();
                if (!ReferenceEquals(current.GetValueOrDefault(KeyOf(reminder)), reminder))
                    continue;
                due.Enqueue(reminder, NextTick(reminder, now + TimeSpan.FromTicks(1)));
                return reminder;
            }

            return null;
        }
    }

    private async Task Send(StoredReminder reminder, DateTimeOffset now)
    {
        try
        {
            var grainClass = catalog.FindByName(reminder.GrainType)
                ?? throw new InvalidOperationException($"No grain class is named '{reminder.GrainType}'.");
            var status = new TickStatus(reminder.FirstTick.UtcDateTime, reminder.Period, now.UtcDateTime);
            var request = new Tick(reminder.Name, status) { Deadline = runtime.Milliseconds + runtime.CallDeadline };
            var id = new GrainId(grainClass, reminder.GrainKey);
            while (!runtime.Find(id).TryPost(request))
            {
            }

            await request.Outcome;
        }
#pragma warning disable CA1031 // A tick has no caller; the next one comes.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.ReminderFailed(runtime.Logger, reminder.Name, reminder.GrainType, reminder.GrainKey, failure);
        }
    }

    private static DateTimeOffset NextTick(StoredReminder reminder, DateTimeOffset notBefore)
    {
        if (reminder.FirstTick >= notBefore)
            return reminder.FirstTick;
        var passed = (notBefore - reminder.FirstTick).Ticks;
        var periods = (passed + reminder.Period.Ticks - 1) / reminder.Period.Ticks;
        return reminder.FirstTick + (reminder.Period * periods);
    }

    private static (string, string, string) KeyOf(StoredReminder reminder) => (reminder.GrainType, reminder.GrainKey, reminder.Name);

    private sealed record GrainReminder(string ReminderName) : IGrainReminder;

    private sealed class Tick(string name, TickStatus status) : GrainRequest<ValueTuple>
    {
        public override string Method => "IRemindable.ReceiveReminder";

        public override ValueTask<ValueTuple> Invoke(object grain) => WithoutResult(((IRemindable)grain).ReceiveReminder(name, status));
    }
}
