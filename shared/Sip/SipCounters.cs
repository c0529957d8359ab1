namespace CallCenter.Sip;

/// <summary>Running totals of an endpoint, written by its loop (Dropped by its sockets).</summary>
public sealed class SipCounters
{
    private long dropped;

    /// <summary>Whole messages taken from the sockets.</summary>
    public long Received { get; internal set; }

    /// <summary>Messages that were answered 400 or thrown away for their form.</summary>
    public long Malformed { get; internal set; }

    /// <summary>Requests refused because a table was full.</summary>
    public long Overloaded { get; internal set; }

    /// <summary>Messages dropped by Screen, requests refused or dropped by Admit.</summary>
    public long Refused { get; internal set; }

    public long StrayResponses { get; internal set; }

    public long StrayAcks { get; internal set; }

    /// <summary>Datagrams that the kernel dropped because the socket's buffer was full, connections refused because there were too many.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    internal void AddDropped() => Interlocked.Increment(ref dropped);
}

/// <summary>What an endpoint holds in memory.</summary>
/// <param name="Transactions">With the tombstones of finished ones, which go after 32 s at the latest.</param>
/// <param name="Dialogs">Early and confirmed.</param>
/// <param name="Calls">In any state, until the last message about them.</param>
/// <param name="Timers">Of transactions and calls.</param>
public readonly record struct SipCounts(int Transactions, int Dialogs, int Calls, int Timers);
