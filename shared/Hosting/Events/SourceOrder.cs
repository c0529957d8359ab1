using CallCenter.Contracts;

namespace CallCenter.Hosting;

/// <summary>The events of a stream that come from one source.</summary>
internal readonly record struct SourceKey(Guid Tenant, Guid Stream, string Source)
{
    public static SourceKey Of(DomainEvent e) => new(e.Tenant, e.Stream, e.Source);
}

internal enum Placement { Ready, Repeated, Held, AlreadyHeld }

/// <summary>Events that did not come. First they are asked for, then they are given up.</summary>
internal readonly record struct Gap(long From, long To, bool Lost);

/// <summary>
/// Puts one source's events of a stream in order: (position, arrival or time) -> ready, held, asked for or lost. A gap is held
/// back for 5 s, then asked for, and after 5 s more passed.
/// </summary>
internal sealed class SourceOrder(long position)
{
    public static readonly TimeSpan Hold = TimeSpan.FromSeconds(5), Answer = TimeSpan.FromSeconds(5);

    private readonly SortedDictionary<long, DomainEvent> _held = [];
    private bool _asked;

    /// <summary>The last sequence given out as ready.</summary>
    public long Position { get; private set; } = position;

    public int Held => _held.Count;

    /// <summary>When the gap is to be looked at; without meaning while nothing is held.</summary>
    public DateTimeOffset Due { get; private set; }

    public Placement Place(DomainEvent e, DateTimeOffset now)
    {
        var sequence = e.Sequence;
        if (sequence <= Position)
        {
            return Placement.Repeated;
        }
        if (sequence == Position + 1)
        {
            Position = sequence;
            return Placement.Ready;
        }
        if (!_held.TryAdd(sequence, e))
        {
            return Placement.AlreadyHeld;
        }
        if (_held.Count == 1)
        {
            StartGap(now);
        }
        return Placement.Held;
    }

    /// <summary>Held events whose turn has come.</summary>
    public List<DomainEvent> Freed(DateTimeOffset now)
    {
        var freed = new List<DomainEvent>();
        while (_held.Count > 0 && _held.First() is var (sequence, e) && sequence == Position + 1)
        {
            _held.Remove(sequence);
            Position = sequence;
            freed.Add(e);
        }
        if (freed.Count > 0)
        {
            StartGap(now);
        }
        return freed;
    }

    /// <summary>
    /// What to do about the gap when its time has come; null before. After a lost one <see cref="Freed"/> gives what follows it.
    /// While arrivals still queue up the answer may be among them: then nothing is given up.
    /// </summary>
    public Gap? LookAtGap(DateTimeOffset now, bool arrivalsQueue)
    {
        if (_held.Count == 0 || now < Due)
        {
            return null;
        }
        if (_asked && arrivalsQueue)
        {
            Due = now + Answer;
            return null;
        }
        var gap = new Gap(Position + 1, _held.First().Key - 1, Lost: _asked);
        if (_asked)
        {
            Position = gap.To;
        }
        else
        {
            _asked = true;
            Due = now + Answer;
        }
        return gap;
    }

    /// <summary>Forgets what is held: its source sends it again.</summary>
    public void DropHeld() => _held.Clear();

    private void StartGap(DateTimeOffset now)
    {
        _asked = false;
        Due = now + Hold;
    }
}
