namespace CallCenter.Sip.Transactions;

/// <summary>What waits in the wheel. It is its own list node, so a timer costs no object.</summary>
internal abstract class WheelNode
{
    internal WheelNode? Next;
    internal WheelNode? Previous;
    internal int Slot = -1;

    /// <summary>Milliseconds of the wheel's clock at which it fires.</summary>
    internal long DueAt;

    /// <summary>Called once when due, after it has left the wheel.</summary>
    internal abstract void Fire(long now);
}

/// <summary>
/// A hashed wheel (Varghese and Lauck, scheme 6): schedule and cancel in O(1), one tick for all. Single-threaded.
/// A node fires at the first tick at or after its due time.
/// </summary>
internal sealed class TimerWheel
{
    /// <summary>Milliseconds of a tick.</summary>
    public const int TickMs = 20;

    private const int Slots = 2048; // 41 s a turn: every RFC 3261 timer fits in one
    private readonly WheelNode?[] slots = new WheelNode?[Slots];
    private long tick;

    /// <summary>Nodes in the wheel.</summary>
    public int Count { get; private set; }

    public TimerWheel(long now) => tick = now / TickMs;

    public void Schedule(WheelNode node, long dueAt)
    {
        Cancel(node);
        node.DueAt = dueAt;
        var due = Math.Max(tick + 1, (dueAt + TickMs - 1) / TickMs);
        var slot = (int)(due % Slots);
        node.Slot = slot;
        node.Next = slots[slot];
        if (node.Next is not null)
        {
            node.Next.Previous = node;
        }

        slots[slot] = node;
        Count++;
    }

    public void Cancel(WheelNode node)
    {
        if (node.Slot < 0)
        {
            return;
        }

        if (node.Previous is null)
        {
            slots[node.Slot] = node.Next;
        }
        else
        {
            node.Previous.Next = node.Next;
        }

        if (node.Next is not null)
        {
            node.Next.Previous = node.Previous;
        }

        node.Next = node.Previous = null;
        node.Slot = -1;
        Count--;
    }

    /// <summary>Fires all that is due at <paramref name="now"/>.</summary>
    public void Advance(long now)
    {
        var target = now / TickMs;
        while (tick < target)
        {
            tick++;
            var done = false;
            try
            {
                FireSlot((int)(tick % Slots), tick * TickMs);
                done = true;
            }
            finally
            {
                // A node that throws must not hold its neighbours back for a turn: its slot is taken again.
                tick -= done ? 0 : 1;
            }
        }
    }

    // A fired node may schedule or cancel any other, so the due ones are taken from the slot one at a time.
    private void FireSlot(int slot, long now)
    {
        var node = slots[slot];
        while (node is not null)
        {
            if (node.DueAt > now)
            {
                node = node.Next;
                continue;
            }

            Cancel(node);
            node.Fire(now);
            node = slots[slot];
        }
    }
}
