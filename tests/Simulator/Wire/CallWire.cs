namespace CallCenter.Simulator.Wire;

/// <summary>When the messages of one SIP call passed our socket; retransmissions do not count.</summary>
internal sealed class CallWire
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The INVITE.</summary>
    public DateTimeOffset? InvitedAt { get; set; }

    /// <summary>The first 180 or the like: the peer has the INVITE by then.</summary>
    public DateTimeOffset? RangAt { get; set; }

    /// <summary>The first 200 to the INVITE.</summary>
    public DateTimeOffset? AnsweredAt { get; private set; }

    /// <summary>The ACK to that 200.</summary>
    public DateTimeOffset? AcknowledgedAt { get; set; }

    /// <summary>The first of CANCEL, BYE, or a final refusal other than a challenge.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>The answer to our BYE or CANCEL: the peer has it by then.</summary>
    public DateTimeOffset? EndTakenAt { get; set; }

    /// <summary>True when what ended it was sent by us.</summary>
    public bool EndedByUs { get; private set; }

    /// <summary>The code of the refusal that ended it; 0 when CANCEL or BYE did.</summary>
    public int RefusedWith { get; private set; }

    /// <summary>Completes when it has ended: our own last message may leave after the call's owner was told.</summary>
    public Task Over => _over.Task;

    /// <summary>Our re-INVITEs, when each first left: hold and its end in turn.</summary>
    public List<DateTimeOffset> Reinvited { get; } = [];

    /// <summary>Sequence number of the last INVITE of ours.</summary>
    public uint LastInvite { get; set; }

    /// <summary>What passed, by the time of day; for faults.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"invited {InvitedAt:HH:mm:ss.fff}, rang {RangAt:HH:mm:ss.fff}, answered {AnsweredAt:HH:mm:ss.fff}, acknowledged {AcknowledgedAt:HH:mm:ss.fff}, ended {EndedAt:HH:mm:ss.fff} by {(EndedByUs ? "us" : "them")}");

    /// <summary>The first end counts.</summary>
    public void End(DateTimeOffset at, bool byUs, int code)
    {
        if (EndedAt is null)
        {
            (EndedAt, EndedByUs, RefusedWith) = (at, byUs, code);
            _over.TrySetResult();
        }
    }

    /// <summary>The 200; one that crossed our CANCEL holds, and the BYE that follows is the end.</summary>
    public void Answer(DateTimeOffset at)
    {
        if (AnsweredAt is null)
        {
            AnsweredAt = at;
            EndedAt = EndTakenAt = null;
        }
    }
}
