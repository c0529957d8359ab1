using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using CallCenter.Contracts;

namespace CallCenter.Telephony.Spool;

/// <summary>An event on its way out; <paramref name="Place"/> is null when the disk refused it.</summary>
internal sealed record Outgoing(DomainEvent Event, StoredRecord? Place);

/// <summary>
/// The events of one incarnation: stamped, written to disk, kept in memory for who asks again, handed out to be published.
/// A record is the event's type, a line feed, its JSON. Each segment begins with the contacts then open, so that segments
/// whose events are delivered may go although their contacts live.
/// </summary>
/// <remarks>Any thread; the events of one stream are told by one thread at a time.</remarks>
internal sealed class EventSpool : IDisposable
{
    public const int SegmentBytes = 4 << 20;

    /// <summary>Events waiting to be published. Beyond it an event stays on disk only and leaves at the next start.</summary>
    public const int OutgoingMax = 1 << 18;

    /// <summary>How long the events of a finished contact can be asked for again.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private const string HeadType = "open-contacts";
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, ToldStream> streams = [];
    private readonly Queue<(DateTimeOffset At, Guid Stream)> finished = [];
    private readonly OpenContacts open = new();
    private readonly Channel<Outgoing> outgoing = Channel.CreateBounded<Outgoing>(new BoundedChannelOptions(OutgoingMax) { SingleReader = true });
    private readonly List<StoredRecord> heads = [];
    private readonly SegmentLog log;
    private readonly TimeProvider clock;

    public EventSpool(string folder, string source, TimeProvider clock)
    {
        Source = source;
        this.clock = clock;
        log = new SegmentLog(folder, "events", SegmentBytes, Head);
    }

    /// <summary>Who tells the events: "telephony/&lt;incarnation&gt;".</summary>
    public string Source { get; }

    public long Bytes => log.Bytes;

    /// <summary>Events stored and not known to be delivered.</summary>
    public long Depth => log.Unreleased;

    /// <summary>What the disk answered when it last refused an event; null while it takes them.</summary>
    public string? Failure { get; private set; }

    public ChannelReader<Outgoing> Waiting => outgoing.Reader;

    /// <summary>Contacts begun and not closed, as a copy.</summary>
    public IReadOnlyList<OpenContact> Open()
    {
        lock (gate)
        {
            return [.. open.All];
        }
    }

    /// <summary>Reads what an earlier process left. Its events are handed out again: consumers drop what they have.</summary>
    public void Recover(Action<string, long> damaged)
    {
        lock (gate)
        {
            log.Recover(Recovered, damaged);
            foreach (var contact in open.All)
            {
                StreamOf(contact.Contact).LastSequence = contact.LastSequence;
            }
        }
    }

    /// <summary>Stamps, stores and hands out an event; returns it as stored.</summary>
    public DomainEvent Store(DomainEvent e)
    {
        lock (gate)
        {
            var stamped = e with
            {
                EventId = Guid.CreateVersion7(clock.GetUtcNow()),
                Source = Source,
                Sequence = StreamOf(e.Stream).LastSequence + 1,
            };
            Remember(stamped);
            var place = Write(stamped);
            open.Apply(stamped);
            HandOut(new(stamped, place));
            return stamped;
        }
    }

    /// <summary>The events asked for, as far as they are kept; in order.</summary>
    public IReadOnlyList<DomainEvent> Told(Guid stream, long from, long to)
    {
        lock (gate)
        {
            return streams.TryGetValue(stream, out var told)
                ? [.. told.Events.Where(e => e.Sequence >= from && e.Sequence <= to)]
                : [];
        }
    }

    /// <summary>Every subscriber has the event: its record is not needed any more.</summary>
    public void Delivered(Outgoing sent)
    {
        if (sent.Place is not null)
        {
            log.Release(sent.Place);
        }
    }

    /// <summary>Makes what was stored durable and forgets streams whose time is over. Called each 500 ms.</summary>
    public void Flush()
    {
        log.Flush();
        lock (gate)
        {
            var now = clock.GetUtcNow();
            while (finished.TryPeek(out var oldest) && now - oldest.At > Kept)
            {
                finished.Dequeue();
                Forget(oldest.Stream, now);
            }
        }
    }

    /// <summary>Nothing more will be stored: the publisher ends after the last one.</summary>
    public void Complete()
    {
        outgoing.Writer.TryComplete();
        // Until here a start that is killed finds again what earlier segments left open.
        heads.ForEach(log.Release);
        heads.Clear();
    }

    public void Dispose()
    {
        Complete();
        log.Dispose();
    }

    private void Recovered(StoredRecord place, byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        if (text[..end] == HeadType)
        {
            open.Reset(JsonSerializer.Deserialize<OpenContact[]>(text.AsSpan(end + 1), EventCatalog.Json)!);
            heads.Add(place);
            return;
        }
        var e = EventCatalog.Read(text[..end], text[(end + 1)..]);
        Remember(e);
        open.Apply(e);
        HandOut(new(e, place));
    }

    private StoredRecord? Write(DomainEvent e)
    {
        try
        {
            var place = log.Append(Encoding.UTF8.GetBytes($"{e.GetType().Name}\n{EventCatalog.Write(e)}"));
            Failure = null;
            return place;
        }
        catch (IOException x)
        {
            // The event is still published from memory; new calls are refused until the disk takes events again.
            Failure = x.Message;
            return null;
        }
    }

    private void HandOut(Outgoing next)
    {
        if (!outgoing.Writer.TryWrite(next))
        {
            Failure = $"more than {OutgoingMax} events wait to be published";
        }
    }

    private void Remember(DomainEvent e)
    {
        var told = StreamOf(e.Stream);
        told.LastSequence = e.Sequence;
        told.Events.Add(e);
        if (e.Final || e is AgentEvent)
        {
            finished.Enqueue((clock.GetUtcNow(), e.Stream));
        }
    }

    /// <summary>A closed contact is forgotten whole; an agent's stream has no end, only its old events go.</summary>
    private void Forget(Guid stream, DateTimeOffset now)
    {
        if (!streams.TryGetValue(stream, out var told))
        {
            return;
        }
        if (told.Events.Exists(e => e.Final))
        {
            streams.Remove(stream);
        }
        else
        {
            told.Events.RemoveAll(e => now - e.OccurredAt > Kept);
        }
    }

    private ToldStream StreamOf(Guid stream)
    {
        if (!streams.TryGetValue(stream, out var told))
        {
            streams[stream] = told = new();
        }
        return told;
    }

    private byte[] Head() => Encoding.UTF8.GetBytes($"{HeadType}\n{JsonSerializer.Serialize(open.All, EventCatalog.Json)}");

    private sealed class ToldStream
    {
        public long LastSequence { get; set; }
        public List<DomainEvent> Events { get; } = [];
    }
}
