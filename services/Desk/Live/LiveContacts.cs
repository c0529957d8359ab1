using CallCenter.Contracts;
using CallCenter.Contracts.Tenancy;
using CallCenter.Desk.Owners;
using CallCenter.Desk.Push;
using CallCenter.Hosting;

namespace CallCenter.Desk.Live;

/// <summary>The contacts that live now, and the pops that are pushed when an agent's part of one changes. Bounded: the oldest is forgotten first and read again when it is needed.</summary>
internal sealed class LiveContacts(Connections connections, LiveAgents agents, LiveQueues queues, ConfigurationSnapshots snapshots, TimeProvider clock, ILogger<LiveContacts> logger)
{
    /// <summary>About 1 kB each.</summary>
    public const int Max = 20_000;

    /// <summary>An ended contact is kept so long, for events that come late.</summary>
    public static readonly TimeSpan KeptAfterEnd = TimeSpan.FromSeconds(30);

    private readonly Lock _sync = new();
    private readonly Dictionary<Guid, LinkedListNode<LiveContact>> _contacts = [];
    private readonly LinkedList<LiveContact> _oldestFirst = new();
    private readonly Queue<(Guid Contact, DateTimeOffset At)> _ended = new();

    public int Count
    {
        get
        {
            lock (_sync)
            {
                return _contacts.Count;
            }
        }
    }

    /// <summary>Takes in the event and pushes what it changes; true when a pop waits for facts that have to be read.</summary>
    public bool Apply(ContactEvent e)
    {
        lock (_sync)
        {
            var contact = FindOrAdd(e.Contact, e.Tenant);
            var ended = contact.HasEnded;
            var changed = contact.Apply(e);
            if (contact.HasEnded && !ended)
            {
                Ended(contact.Id);
            }

            return Push(contact, changed, e.OccurredAt);
        }
    }

    /// <summary>Facts that were read: those that no event told are taken. Pushes the parts of the contact that go on.</summary>
    public void Fill(ContactRead read)
    {
        lock (_sync)
        {
            var contact = FindOrAdd(read.Id, read.Tenant);
            Fill(contact, read);
            Push(contact, [.. contact.Open()], null);
        }
    }

    /// <summary>What could not be read stays empty, and the pops go out without it.</summary>
    public void GiveUp(Guid id)
    {
        lock (_sync)
        {
            if (_contacts.TryGetValue(id, out var node))
            {
                node.Value.WasRead = true;
                Push(node.Value, [.. node.Value.Open()], null);
            }
        }
    }

    /// <summary>The pop of the contact that the agent has in hand; null when what is known here is less than its owners know.</summary>
    public ContactMessage? PopOf(AgentItem agent, Guid contact)
    {
        lock (_sync)
        {
            return _contacts.TryGetValue(contact, out var node) && node.Value.LegOf(agent.Id) is { } leg && node.Value.IsKnown(leg) && !leg.IsBehind(StateOf(agent), agent.StateSince)
                ? Pop(node.Value, leg)
                : null;
        }
    }

    /// <summary>The agent's part of a contact as its owners tell it, as far as events did not tell more; its pop.</summary>
    public ContactMessage? Restore(AgentItem agent, ContactRead read)
    {
        lock (_sync)
        {
            var contact = FindOrAdd(read.Id, read.Tenant);
            Fill(contact, read);
            if (read.Legs.LastOrDefault(leg => leg.User == agent.Id) is { } last)
            {
                var leg = contact.Leg(last.Id, agent.Id, StateOf(agent), agent.StateSince);
                leg.CatchUp(StateOf(agent), agent.StateSince);
                leg.OfferedAt ??= last.StartedAt;
                leg.Queue ??= read.Queue;
                var queue = read.Queue is { } id ? queues.Find(id) : null;
                leg.Deadline ??= Earlier(agent.Deadline, last.StartedAt.AddSeconds(queue?.OfferTimeoutSeconds ?? int.MaxValue));
                leg.WrapUpDeadline ??= leg.State == PopState.WrapUp ? Earlier(agent.Deadline, agent.StateSince.AddSeconds(queue?.WrapUpSeconds ?? int.MaxValue)) : null;
            }

            return contact.LegOf(agent.Id) is { } open ? Pop(contact, open) : null;
        }
    }

    private static PopState StateOf(AgentItem agent) => agent.State switch
    {
        "Talking" => PopState.Talking,
        "Consulting" => PopState.Consulting,
        "Hold" => PopState.Held,
        "WrapUp" => PopState.WrapUp,
        _ => PopState.Offered,
    };

    // The agent's own deadline leaves the contact some time to act first.
    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset b) => a < b ? a : b;

    private static void Fill(LiveContact contact, ContactRead read)
    {
        contact.WasRead = true;
        contact.Caller ??= read.Caller;
        contact.Called ??= read.Called;
        contact.Customer ??= read.Customer is { } customer ? new CustomerTag(customer.Id, customer.Name, IsNew: false) : null;
        foreach (var leg in read.Legs)
        {
            if (contact.Leg(leg.Id) is { } known)
            {
                known.OfferedAt ??= leg.StartedAt;
                known.Queue ??= read.Queue;
            }
        }
    }

    // Under the lock, so that no tab gets an older state after a newer one.
    private bool Push(LiveContact contact, IReadOnlyList<LiveLeg> legs, DateTimeOffset? happened)
    {
        var missing = false;
        foreach (var leg in legs.Where(leg => connections.Any(Group.Agent(leg.Agent))))
        {
            if (!contact.IsKnown(leg) || (leg.Queue is { } queue && queues.Find(queue) is null && !contact.WasRead))
            {
                missing = true;
                continue;
            }

            var pop = Pop(contact, leg);
            connections.Send(Outgoing.Of(pop, leg.Agent));
            if (happened is { } at)
            {
                Telemetry.PushAge.Record((pop.At - at).TotalMilliseconds, new KeyValuePair<string, object?>("type", "contact"));
            }
        }

        return missing;
    }

    private ContactMessage Pop(LiveContact contact, LiveLeg leg)
    {
        var tenant = snapshots.Tenant(contact.Tenant);
        var brand = tenant?.Brand ?? TenantBrand.Default;
        var queue = leg.Queue is { } id ? queues.Find(id) : null;
        var greeting = queue?.Greeting ?? brand.Greeting;
        return new ContactMessage(
            contact.Id, new TenantTag(contact.Tenant, tenant?.Name ?? "", brand.Colour), greeting.Length > 0 ? greeting : null,
            queue is null ? null : new QueueTag(queue.Id, queue.Name), contact.Caller, contact.Called, contact.Language ?? tenant?.Language,
            leg.OfferedAt, leg.Deadline, NameOf(leg.State), leg.StateSince, leg.WrapUpDeadline, leg.Outcome, contact.Customer, queue?.Codes ?? [], clock.Now())
        {
            PopSeconds = queue?.PopSeconds ?? 1,
            Callback = contact.Callback is { } back ? new CallbackTag(back.FirstAt, back.Try, back.Tries) : null,
            AskedBy = leg.AskedBy is { } by ? agents.NameOf(by) : null,
            Second = contact.Second is { } second && HasAsked(second, leg) ? new SecondParty(NameOf(second), second.State) : null,
            Lost = contact.Lost is { } lost && HasAsked(lost.Second, leg) ? new LostParty(NameOf(lost.Second), lost.Why) : null,
            IsInConference = contact.Second is { State: "conference" } shared && shared.Agent == leg.Agent,
            IsWaiting = contact.Second is { State: "waiting" } waiting && waiting.Agent == leg.Agent,
            IsTakenOver = leg.IsTakenOver,
            IsRecordingPaused = contact.IsRecordingPaused,
            CanCollectCard = tenant?.Payment is not null,
            Card = contact.Card is { } card && card.Agent == leg.Agent ? new CardProgress(card.State, card.Field, card.Count, card.Reference) : null,
        };
    }

    private static bool HasAsked(LiveSecond second, LiveLeg leg) =>
        second.By is { } by ? by == leg.Agent : leg.State is PopState.Talking or PopState.Held;

    private string NameOf(LiveSecond second) => second.Number ?? agents.NameOf(second.Agent!.Value) ?? "";

    private static string NameOf(PopState state) => state switch
    {
        PopState.Offered => "offered",
        PopState.Talking => "talking",
        PopState.Held => "held",
        PopState.Consulting => "consulting",
        PopState.WrapUp => "wrapUp",
        _ => "over",
    };

    private LiveContact FindOrAdd(Guid id, Guid tenant)
    {
        if (_contacts.TryGetValue(id, out var node))
        {
            return node.Value;
        }

        if (_contacts.Count >= Max)
        {
            Log.TooManyContacts(logger, Max);
            Forget(_oldestFirst.First!.Value.Id);
        }

        var contact = new LiveContact(id, tenant);
        _contacts.Add(id, _oldestFirst.AddLast(contact));
        return contact;
    }

    private void Ended(Guid contact)
    {
        var now = clock.GetUtcNow();
        _ended.Enqueue((contact, now));
        while (_ended.TryPeek(out var oldest) && (oldest.At + KeptAfterEnd <= now || _ended.Count > Max))
        {
            Forget(_ended.Dequeue().Contact);
        }
    }

    private void Forget(Guid contact)
    {
        if (_contacts.Remove(contact, out var node))
        {
            _oldestFirst.Remove(node);
        }
    }
}
