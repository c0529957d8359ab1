using System.Text;
using CallCenter.Contracts.Telephony;
using CallCenter.Sip;
using CallCenter.Telephony.Spool;

namespace CallCenter.Telephony.Ladder;

/// <summary>
/// Keeps the SIP messages of calls and tells them as <see cref="SipMessagesSeen"/>, each half second what has come since.
/// <code>
///   every message -> its Call-ID -> dialog: of a contact -> waits for the tick -> event (masked, bounded)
///                                           new INVITE   -> held until a call claims it, or for 35 s
/// </code>
/// Any thread. A kill loses what came since the last tick.
/// </summary>
internal sealed class Ladders(TelephonyOptions options, EventSpool events, TimeProvider clock)
{
    /// <summary>Dialogs that no call has claimed; more are not kept. A flood of refused calls stays within it.</summary>
    public const int UnclaimedMax = 2048;

    /// <summary>Messages held for a dialog that no call has claimed.</summary>
    public const int UnclaimedMessagesMax = 16;

    /// <summary>The longest Call-ID that is followed.</summary>
    public const int CallIdMax = 256;

    /// <summary>An unclaimed dialog is forgotten after this: longer than any transaction.</summary>
    private static readonly TimeSpan UnclaimedFor = TimeSpan.FromSeconds(35);

    /// <summary>Answers to our BYEs come after a call is closed.</summary>
    private static readonly TimeSpan AfterClose = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, TracedDialog> dialogs = new(StringComparer.Ordinal);
    private readonly Queue<TracedDialog> unclaimed = new();
    private readonly List<ContactLadder> ladders = [];
    private int unclaimedNow;

    /// <summary>Dialogs followed now.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return dialogs.Count;
            }
        }
    }

    /// <summary>Takes a message as it passes a socket.</summary>
    public void Trace(in SipTraceRecord message)
    {
        Span<char> callId = stackalloc char[CallIdMax];
        if (options.LadderMessagesMax == 0 || !SipTraceText.TryCallId(message.Bytes.Span, callId, out var length))
        {
            return;
        }
        lock (gate)
        {
            if (dialogs.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(callId[..length], out var dialog))
            {
                dialog.Add(message);
            }
            else if (message.Bytes.Span.StartsWith("INVITE "u8) && unclaimedNow < UnclaimedMax)
            {
                dialog = new TracedDialog(callId[..length].ToString(), clock.GetUtcNow());
                dialogs[dialog.CallId] = dialog;
                unclaimed.Enqueue(dialog);
                unclaimedNow++;
                dialog.Add(message);
            }
        }
    }

    /// <summary>Begins a contact's ladder.</summary>
    public ContactLadder Begin(Guid tenant, Guid contact)
    {
        var ladder = new ContactLadder(tenant, contact, Guid.CreateVersion7(clock.GetUtcNow()), options.LadderMessagesMax);
        lock (gate)
        {
            ladders.Add(ladder);
        }
        return ladder;
    }

    /// <summary>The dialog of that Call-ID is a leg of the contact: what was seen of it and what comes belongs to the ladder.</summary>
    public void Claim(ContactLadder ladder, string callId, LegRole party, Guid? leg)
    {
        lock (gate)
        {
            if (!dialogs.TryGetValue(callId, out var dialog))
            {
                if (callId.Length > CallIdMax)
                {
                    return;
                }
                dialogs[callId] = dialog = new TracedDialog(callId, clock.GetUtcNow());
            }
            else if (!dialog.IsClaimed)
            {
                unclaimedNow--;
            }
            dialog.Claim(ladder, party, leg);
            ladder.CallIds.Add(callId);
        }
    }

    /// <summary>The call is closed: a while later the ladder is told to its end.</summary>
    public void Finish(ContactLadder ladder)
    {
        lock (gate)
        {
            ladder.EndsAt ??= clock.GetUtcNow() + AfterClose;
        }
    }

    /// <summary>Tells what has come. Called each half second; at the end of the process with <paramref name="all"/>, which ends every ladder.</summary>
    public void Flush(bool all = false)
    {
        List<SipMessagesSeen> told = [];
        lock (gate)
        {
            var now = clock.GetUtcNow();
            while (unclaimed.TryPeek(out var oldest) && (oldest.IsClaimed || now - oldest.Since > UnclaimedFor))
            {
                unclaimed.Dequeue();
                if (!oldest.IsClaimed)
                {
                    unclaimedNow--;
                    dialogs.Remove(oldest.CallId);
                }
            }
            for (var i = ladders.Count - 1; i >= 0; i--)
            {
                var ladder = ladders[i];
                var over = all || ladder.EndsAt <= now;
                if (ladder.Take(over, now) is { } seen)
                {
                    told.Add(seen);
                }
                if (over)
                {
                    ladders.RemoveAt(i);
                    ladder.CallIds.ForEach(id => dialogs.Remove(id));
                }
            }
        }
        told.ForEach(seen => events.Store(seen with { Messages = [.. seen.Messages.Select(SipTraceText.Masked)] }));
    }
}

/// <summary>The messages of one Call-ID.</summary>
internal sealed class TracedDialog(string callId, DateTimeOffset since)
{
    private readonly List<SipTraceRecord> held = [];
    private ContactLadder? ladder;
    private LegRole party;
    private Guid? leg;

    public string CallId { get; } = callId;
    public DateTimeOffset Since { get; } = since;
    public bool IsClaimed => ladder is not null;

    public void Add(in SipTraceRecord message)
    {
        if (ladder is not null)
        {
            ladder.Add(message, party, leg);
        }
        else if (held.Count < Ladders.UnclaimedMessagesMax)
        {
            held.Add(message with { Bytes = message.Bytes.ToArray() });
        }
    }

    public void Claim(ContactLadder owner, LegRole role, Guid? of)
    {
        (ladder, party, leg) = (owner, role, of);
        held.ForEach(message => owner.Add(message, role, of));
        held.Clear();
    }
}

/// <summary>One contact's messages that have not been told yet.</summary>
internal sealed class ContactLadder(Guid tenant, Guid contact, Guid stream, int messagesMax)
{
    private readonly List<SipMessageSeen> waiting = [];
    private int kept;
    private int dropped;

    public List<string> CallIds { get; } = [];

    /// <summary>When the last event of the ladder is told; null while the call lives.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    public void Add(in SipTraceRecord m, LegRole party, Guid? leg)
    {
        if (kept == messagesMax)
        {
            dropped++;
            return;
        }
        kept++;
        var bytes = m.Bytes.Span[..Math.Min(m.Bytes.Length, SipTraceText.BytesMax)];
        waiting.Add(new(m.At, m.Sent, party, leg, m.Transport.ToString(), m.Local.ToString(), m.Remote.ToString(), Encoding.UTF8.GetString(bytes)));
    }

    /// <summary>What waits, to be told; null when there is nothing to tell.</summary>
    public SipMessagesSeen? Take(bool final, DateTimeOffset now)
    {
        if (waiting.Count == 0 && !final)
        {
            return null;
        }
        var seen = new SipMessagesSeen(contact, [.. waiting], dropped) { Tenant = tenant, Stream = stream, OccurredAt = now, Final = final };
        waiting.Clear();
        return seen;
    }
}
