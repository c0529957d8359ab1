namespace CallCenter.Telephony.Edge;

/// <summary>
/// Which agents' phones still have to learn that a ring is over. A CANCEL waits for the phone's first answer and may cross its 200
/// (RFC 3261 section 9.1); the phone that is rung meanwhile has two calls, and refuses the second. So the next ring waits, for a moment.
/// </summary>
internal sealed class RingEnds(TimeProvider clock)
{
    /// <summary>The longest wait: well within the 2 s that Routing gives a reservation until the first news of its leg.</summary>
    public static readonly TimeSpan AtMost = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Leaving> leaving = [];

    /// <summary>Completed when the agent's phones know of all that is over, or after <see cref="AtMost"/>.</summary>
    public Task Known(Guid agent)
    {
        lock (gate)
        {
            return leaving.TryGetValue(agent, out var phones) ? AtMostUntil(phones.Known.Task) : Task.CompletedTask;
        }
    }

    private async Task AtMostUntil(Task known)
    {
        using var enough = new CancellationTokenSource();
        await Task.WhenAny(known, Task.Delay(AtMost, clock, enough.Token));
        await enough.CancelAsync();
    }

    /// <summary>The call to one phone.</summary>
    public sealed class Ring(RingEnds all, Guid agent)
    {
        private bool isTold, isOver;

        /// <summary>The phone is sent a CANCEL or a BYE.</summary>
        public void Tell()
        {
            lock (all.gate)
            {
                if (isTold || isOver)
                {
                    return;
                }
                isTold = true;
                if (!all.leaving.TryGetValue(agent, out var phones))
                {
                    all.leaving[agent] = phones = new();
                }
                phones.Count++;
            }
        }

        /// <summary>The call is over; after <see cref="Tell"/> it is so within 64*T1.</summary>
        public void End()
        {
            lock (all.gate)
            {
                if (isTold && !isOver && --all.leaving[agent].Count == 0 && all.leaving.Remove(agent, out var phones))
                {
                    phones.Known.TrySetResult();
                }
                isOver = true;
            }
        }
    }

    private sealed class Leaving
    {
        public int Count { get; set; }
        public TaskCompletionSource Known { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
