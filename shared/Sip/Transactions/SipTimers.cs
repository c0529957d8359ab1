namespace CallCenter.Sip.Transactions;

/// <summary>The base intervals of RFC 3261 section 17.1.1.1, in milliseconds, and what follows from them (table 4).</summary>
public sealed record SipTimers
{
    /// <summary>Round-trip estimate. Default 500 ms.</summary>
    public int T1 { get; init; } = 500;

    /// <summary>Longest retransmission interval but of INVITE. Default 4,000 ms.</summary>
    public int T2 { get; init; } = 4000;

    /// <summary>How long a message stays in the network. Default 5,000 ms.</summary>
    public int T4 { get; init; } = 5000;

    /// <summary>64 * T1: timers B, F, H, J, L and M, and the wait for an ACK.</summary>
    internal int Timeout => 64 * T1;

    internal int Of(TxTimer timer, bool reliable) => timer switch
    {
        TxTimer.D => reliable ? 0 : Math.Max(32_000, Timeout),
        TxTimer.I or TxTimer.K => reliable ? 0 : T4,
        TxTimer.J => reliable ? 0 : Timeout,
        TxTimer.B or TxTimer.F or TxTimer.H or TxTimer.L or TxTimer.M => Timeout,
        _ => 0,
    };

    /// <summary>The retransmission interval after <paramref name="current"/>: A doubles, E and G double up to T2; E is T2 once a 1xx has come (17.1.2.2).</summary>
    internal int Following(TxKind kind, TxState state, int current) => kind switch
    {
        TxKind.InviteClient => current * 2,
        TxKind.NonInviteClient when state == TxState.Proceeding => T2,
        _ => Math.Min(current * 2, T2),
    };
}
