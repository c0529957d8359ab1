using CallCenter.Simulator.Wire;

namespace CallCenter.Simulator.Tally;

/// <summary>What a simulated caller is at.</summary>
internal enum Stage { Ringing, Menu, Queue, Talk, Over }

/// <summary>One call, as its caller saw it; times of the wire and of the caller's own acts.</summary>
internal sealed class CallRecord(string caller, string number, Guid tenant, CallWire wire)
{
    private readonly List<OfferRecord> _offers = [];
    private readonly TaskCompletionSource _firstOffer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Caller { get; } = caller;

    public string Number { get; } = number;

    public Guid Tenant { get; } = tenant;

    public CallWire Wire { get; } = wire;

    public Stage Stage { get; set; }

    /// <summary>When the caller began to wait in the present stage.</summary>
    public DateTimeOffset StageSince { get; set; }

    /// <summary>Queue that the pressed key leads to; null when no such key was pressed.</summary>
    public Guid? Queue { get; set; }

    /// <summary>The number was closed when the call began: no menu leads to a queue.</summary>
    public bool Closed { get; set; }

    /// <summary>When the key that leads to the queue had left.</summary>
    public DateTimeOffset? KeyAt { get; set; }

    /// <summary>When an agent's voice was first heard.</summary>
    public DateTimeOffset? VoiceHeardAt { get; set; }

    /// <summary>The last sign of life when the system went away in it; null when it did not.</summary>
    public DateTimeOffset? LostAt { get; set; }

    /// <summary>Packets of audio that came.</summary>
    public long Heard { get; set; }

    /// <summary>Phones that rang for it, in order.</summary>
    public IReadOnlyList<OfferRecord> Offers
    {
        get
        {
            lock (_offers)
            {
                return [.. _offers];
            }
        }
    }

    /// <summary>Completes when a phone first rings for it.</summary>
    public Task FirstOffer => _firstOffer.Task;

    public void Offered(OfferRecord offer)
    {
        lock (_offers)
        {
            _offers.Add(offer);
        }
        _firstOffer.TrySetResult();
    }

    public void Enter(Stage stage, DateTimeOffset at) => (Stage, StageSince) = (stage, at);
}
