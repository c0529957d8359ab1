namespace CallCenter.Telephony.Edge;

/// <summary>
/// Which agents' devices still have to learn that a ring is over. A CANCEL waits for the phone's first answer and may cross its 200
/// (RFC 3261 section 9.1); the phone that is rung meanwhile has two calls, and refuses the second. So the next ring waits, for a moment,
/// and passes over a device that still does not know: it cannot be reached, until it answers or 64*T1 have passed.
/// </summary>
/// <param name="clock">The time.</param>
/// <param name="back">Told of an agent whose devices were all passed over, as soon as one of them knows.</param>
internal sealed class RingEnds(TimeProvider clock, Action<Guid> back)
{
    /// <summary>The longest wait: well within the 2 s that Routing gives a reservation until the first news of its leg.</summary>
    public static readonly TimeSpan AtMost = TimeSpan.FromSeconds(1);

    private readonly Action<Guid> back = back;
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Agent> agents = [];

    /// <summary>Those of the devices that know of all that is over, by now or within <see cref="AtMost"/>; null when there is nothing to wait for.</summary>
    public Task<IReadOnlyList<string>>? Free(Guid agent, IReadOnlyList<string> devices)
    {
        lock (gate)
        {
            return agents.TryGetValue(agent, out var known) && devices.Any(known.Leaving.ContainsKey) ? FreeSoon(agent, known, devices) : null;
        }
    }

    private async Task<IReadOnlyList<string>> FreeSoon(Guid agent, Agent known, IReadOnlyList<string> devices)
    {
        using var enough = new CancellationTokenSource();
        Task all;
        lock (gate)
        {
            all = Task.WhenAll(devices.Where(known.Leaving.ContainsKey).Select(d => known.Leaving[d].Known.Task));
        }
        await Task.WhenAny(all, Task.Delay(AtMost, clock, enough.Token));
        await enough.CancelAsync();
        lock (gate)
        {
            var now = agents.GetValueOrDefault(agent);
            string[] free = [.. devices.Where(d => now?.Leaving.ContainsKey(d) != true)];
            if (free.Length == 0)
            {
                now!.IsPassedOver = true;
            }
            return free;
        }
    }

    /// <summary>The call to one device, named by its registered contact.</summary>
    public sealed class Ring(RingEnds all, Guid agent, string device)
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
                if (!all.agents.TryGetValue(agent, out var known))
                {
                    all.agents[agent] = known = new();
                }
                if (!known.Leaving.TryGetValue(device, out var phone))
                {
                    known.Leaving[device] = phone = new();
                }
                phone.Count++;
            }
        }

        /// <summary>The call is over; after <see cref="Tell"/> it is so within 64*T1.</summary>
        public void End()
        {
            if (IsPassedOverNoMore())
            {
                all.back(agent);
            }
        }

        private bool IsPassedOverNoMore()
        {
            lock (all.gate)
            {
                var ends = isTold && !isOver;
                isOver = true;
                if (!ends || all.agents[agent] is not { } known || --known.Leaving[device].Count > 0)
                {
                    return false;
                }
                known.Leaving.Remove(device, out var phone);
                phone!.Known.TrySetResult();
                if (known.Leaving.Count == 0)
                {
                    all.agents.Remove(agent);
                }
                var wasPassedOver = known.IsPassedOver;
                known.IsPassedOver = false;
                return wasPassedOver;
            }
        }
    }

    private sealed class Agent
    {
        /// <summary>By device.</summary>
        public Dictionary<string, Phone> Leaving { get; } = new(StringComparer.Ordinal);

        public bool IsPassedOver { get; set; }
    }

    private sealed class Phone
    {
        public int Count { get; set; }
        public TaskCompletionSource Known { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
