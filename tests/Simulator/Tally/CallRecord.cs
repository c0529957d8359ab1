using CallCenter.Simulator.Wire;

namespace CallCenter.Simulator.Tally;

/// <summary>What a simulated caller is at.</summary>
internal enum Stage { Ringing, Menu, Queue, Talk, Over }

/// <summary>One call, as its caller saw it; times of the wire and of the caller's own acts. A call that the system makes to a customer is one too.</summary>
internal sealed class CallRecord(string caller, string number, Guid tenant, CallWire wire)
{
    private readonly Lock _gate = new();
    private readonly List<OfferRecord> _offers = [];
    private readonly List<DateTimeOffset> _voices = [];
    private readonly TaskCompletionSource _firstOffer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _leaves;

    public string Caller { get; } = caller;

    public string Number { get; } = number;

    public Guid Tenant { get; } = tenant;

    /// <summary>The caller's call; of one who is called back that of its phone, once it has rung.</summary>
    public CallWire Wire { get; set; } = wire;

    public Stage Stage { get; set; }

    /// <summary>When the caller began to wait in the present stage.</summary>
    public DateTimeOffset StageSince { get; set; }

    /// <summary>Queue that the pressed key leads to; null when no such key was pressed.</summary>
    public Guid? Queue { get; set; }

    /// <summary>The number was closed when the call began: no menu leads to a queue.</summary>
    public bool Closed { get; set; }

    /// <summary>When the key that leads to the queue had left.</summary>
    public DateTimeOffset? KeyAt { get; set; }

    /// <summary>When the second key for a callback had left: from then on the system can have taken the wish; null when none was pressed.</summary>
    public DateTimeOffset? AskedBackFrom { get; set; }

    /// <summary>The call, or the try, after which this customer is called back; null of a call that the caller makes.</summary>
    public CallRecord? After { get; init; }

    /// <summary>When an agent's voice was first heard.</summary>
    public DateTimeOffset? VoiceHeardAt => Voices.Count > 0 ? Voices[0] : null;

    /// <summary>When an agent's voice was heard anew.</summary>
    public IReadOnlyList<DateTimeOffset> Voices
    {
        get
        {
            lock (_gate)
            {
                return [.. _voices];
            }
        }
    }

    /// <summary>The last sign of life when the system went away in it; null when it did not.</summary>
    public DateTimeOffset? LostAt { get; set; }

    /// <summary>Packets of audio that came.</summary>
    public long Heard { get; set; }

    /// <summary>Phones that rang for it, in order.</summary>
    public IReadOnlyList<OfferRecord> Offers
    {
        get
        {
            lock (_gate)
            {
                return [.. _offers];
            }
        }
    }

    /// <summary>Several phones rang for it at a time.</summary>
    public bool RangTogether => Offers is var all && all.Any(one => all.Any(one.RingsWith));

    /// <summary>The key led to a queue, and before any phone rang the system hung up.</summary>
    public bool IsTurnedAway => this is { After: null, KeyAt: not null, AskedBackFrom: null, LostAt: null, Wire: { EndedByUs: false, EndedAt: not null }, Offers.Count: 0 };

    /// <summary>What an agent asked for in it; one at most.</summary>
    public AskRecord? Ask { get; private set; }

    /// <summary>Completes when an agent asks for somebody.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Completes when a phone first rings for it.</summary>
    public Task FirstOffer => _firstOffer.Task;

    public void Offered(OfferRecord offer)
    {
        lock (_gate)
        {
            _offers.Add(offer);
        }
        _firstOffer.TrySetResult();
    }

    /// <summary>The offer was for another contact of this caller.</summary>
    public void GiveTo(CallRecord other, OfferRecord offer)
    {
        lock (_gate)
        {
            _offers.Remove(offer);
        }
        other.Offered(offer);
    }

    public void HearsVoice(DateTimeOffset? at)
    {
        lock (_gate)
        {
            if (at is { } heard && !_voices.Contains(heard))
            {
                _voices.Add(heard);
            }
        }
    }

    /// <summary>An agent asks for somebody; false when the caller is about to leave, or somebody was asked already. A caller stays until that is done.</summary>
    public bool Begin(AskRecord ask)
    {
        lock (_gate)
        {
            if (_leaves || Ask is not null)
            {
                return false;
            }
            Ask = ask;
        }
        _asked.TrySetResult();
        return true;
    }

    /// <summary>The caller leaves; false while an agent asks for somebody.</summary>
    public bool TryLeave()
    {
        lock (_gate)
        {
            return _leaves = Ask is not { Over.IsCompleted: false };
        }
    }

    public void Enter(Stage stage, DateTimeOffset at) => (Stage, StageSince) = (stage, at);
}
