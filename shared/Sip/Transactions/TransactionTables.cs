namespace CallCenter.Sip.Transactions;

/// <summary>States of all four transactions (RFC 3261 section 17, RFC 6026 section 7). Trying of a server and Calling of a client are the first.</summary>
internal enum TxState : byte
{
    Calling,
    Trying,
    Proceeding,
    Accepted,
    Completed,
    Confirmed,
    Terminated,
}

/// <summary>What can happen to a transaction. Of a server transaction responses come from its user, of a client transaction from the peer.</summary>
internal enum TxInput : byte
{
    /// <summary>Server: the request came again.</summary>
    Request,

    /// <summary>INVITE server: ACK.</summary>
    Ack,

    /// <summary>1xx.</summary>
    Provisional,

    /// <summary>2xx.</summary>
    Success,

    /// <summary>3xx-6xx.</summary>
    Failure,

    /// <summary>Timer A, E or G.</summary>
    Retransmit,

    /// <summary>Timer B, D, F, H, I, J, K, L or M: whichever was armed last.</summary>
    Expire,

    TransportError,
}

/// <summary>What a transaction does, in the order of the flags.</summary>
[Flags]
internal enum TxDo : ushort
{
    None = 0,

    /// <summary>Send the response that its user gave.</summary>
    Send = 1,

    /// <summary>Send the last message again.</summary>
    Resend = 2,

    /// <summary>Build, keep and send the ACK of a 3xx-6xx (RFC 3261 section 17.1.1.3).</summary>
    SendAck = 4,

    /// <summary>Give the message to the user.</summary>
    Pass = 8,

    /// <summary>Tell the user that nobody answered.</summary>
    TellTimeout = 16,

    /// <summary>Tell the user that it could not be sent.</summary>
    TellTransportError = 32,

    /// <summary>Start timer A, E or G.</summary>
    StartRetransmit = 64,

    /// <summary>Start it again with its next interval.</summary>
    NextRetransmit = 128,

    StopRetransmit = 256,
}

/// <summary>The timers that end a state (RFC 3261 table 4, RFC 6026 section 8).</summary>
internal enum TxTimer : byte
{
    None,
    B,
    D,
    F,
    H,
    I,
    J,
    K,
    L,
    M,
}

/// <summary>A row's outcome: next state, what to do, and the timer to arm (None leaves the armed one).</summary>
internal readonly record struct TxStep(TxState Next, TxDo Do = TxDo.None, TxTimer Arm = TxTimer.None);

internal enum TxKind : byte
{
    InviteClient,
    InviteServer,
    NonInviteClient,
    NonInviteServer,
}

/// <summary>The four state tables: (state, input) -> (state, actions). Pure; a pair that has no row leaves all as it is.</summary>
internal static class TransactionTables
{
    public static TxStep Next(TxKind kind, TxState state, TxInput input) => kind switch
    {
        TxKind.InviteClient => InviteClient(state, input),
        TxKind.InviteServer => InviteServer(state, input),
        TxKind.NonInviteClient => NonInviteClient(state, input),
        _ => NonInviteServer(state, input),
    };

    /// <summary>What a transaction does when it is made: the client sends and waits, the INVITE server has its 100 sent by its user.</summary>
    public static TxStep Start(TxKind kind) => kind switch
    {
        TxKind.InviteClient => new(TxState.Calling, TxDo.Resend | TxDo.StartRetransmit, TxTimer.B), // 17.1.1.2
        TxKind.NonInviteClient => new(TxState.Trying, TxDo.Resend | TxDo.StartRetransmit, TxTimer.F), // 17.1.2.2
        TxKind.InviteServer => new(TxState.Proceeding), // 17.2.1
        _ => new(TxState.Trying), // 17.2.2
    };

    // RFC 3261 section 17.1.1.2, figure 5, with RFC 6026 section 7.2, figure 1 (state Accepted, timer M).
    private static TxStep InviteClient(TxState state, TxInput input) => (state, input) switch
    {
        (TxState.Calling, TxInput.Retransmit) => new(TxState.Calling, TxDo.Resend | TxDo.NextRetransmit), // timer A
        (TxState.Calling, TxInput.Expire) => new(TxState.Terminated, TxDo.TellTimeout), // timer B
        (TxState.Calling or TxState.Proceeding, TxInput.Provisional) => new(TxState.Proceeding, TxDo.Pass | TxDo.StopRetransmit),
        (TxState.Calling or TxState.Proceeding, TxInput.Success) => new(TxState.Accepted, TxDo.Pass | TxDo.StopRetransmit, TxTimer.M),
        (TxState.Calling or TxState.Proceeding, TxInput.Failure) => new(TxState.Completed, TxDo.SendAck | TxDo.Pass | TxDo.StopRetransmit, TxTimer.D),
        (TxState.Calling or TxState.Proceeding, TxInput.TransportError) => new(TxState.Terminated, TxDo.TellTransportError),
        (TxState.Completed, TxInput.Failure) => new(TxState.Completed, TxDo.Resend), // the ACK again
        (TxState.Completed, TxInput.Expire) => new(TxState.Terminated), // timer D
        (TxState.Completed, TxInput.TransportError) => new(TxState.Terminated, TxDo.TellTransportError),
        (TxState.Accepted, TxInput.Success) => new(TxState.Accepted, TxDo.Pass), // RFC 6026 section 8.4: each 2xx to the user, who sends the ACK
        (TxState.Accepted, TxInput.Expire) => new(TxState.Terminated), // timer M
        _ => new(state),
    };

    // RFC 3261 section 17.2.1, figure 7, with RFC 6026 section 7.1, figure 3 (state Accepted, timer L).
    private static TxStep InviteServer(TxState state, TxInput input) => (state, input) switch
    {
        (TxState.Proceeding, TxInput.Request) => new(TxState.Proceeding, TxDo.Resend),
        (TxState.Proceeding, TxInput.Provisional) => new(TxState.Proceeding, TxDo.Send),
        (TxState.Proceeding, TxInput.Success) => new(TxState.Accepted, TxDo.Send, TxTimer.L),
        (TxState.Proceeding, TxInput.Failure) => new(TxState.Completed, TxDo.Send | TxDo.StartRetransmit, TxTimer.H), // timer G
        (TxState.Proceeding or TxState.Accepted, TxInput.TransportError) => new(state, TxDo.TellTransportError), // RFC 6026 section 7.1
        (TxState.Accepted, TxInput.Request) => new(TxState.Accepted), // absorbed: the user repeats its 2xx (13.3.1.4)
        (TxState.Accepted, TxInput.Success) => new(TxState.Accepted, TxDo.Send),
        (TxState.Accepted, TxInput.Ack) => new(TxState.Accepted, TxDo.Pass),
        (TxState.Accepted, TxInput.Expire) => new(TxState.Terminated), // timer L
        (TxState.Completed, TxInput.Request) => new(TxState.Completed, TxDo.Resend),
        (TxState.Completed, TxInput.Retransmit) => new(TxState.Completed, TxDo.Resend | TxDo.NextRetransmit), // timer G
        (TxState.Completed, TxInput.Ack) => new(TxState.Confirmed, TxDo.StopRetransmit, TxTimer.I),
        (TxState.Completed, TxInput.Expire) => new(TxState.Terminated, TxDo.TellTimeout), // timer H
        (TxState.Completed, TxInput.TransportError) => new(TxState.Terminated, TxDo.TellTransportError),
        (TxState.Confirmed, TxInput.Expire) => new(TxState.Terminated), // timer I
        _ => new(state),
    };

    // RFC 3261 section 17.1.2.2, figure 6.
    private static TxStep NonInviteClient(TxState state, TxInput input) => (state, input) switch
    {
        (TxState.Trying or TxState.Proceeding, TxInput.Retransmit) => new(state, TxDo.Resend | TxDo.NextRetransmit), // timer E
        (TxState.Trying or TxState.Proceeding, TxInput.Expire) => new(TxState.Terminated, TxDo.TellTimeout), // timer F
        (TxState.Trying or TxState.Proceeding, TxInput.Provisional) => new(TxState.Proceeding, TxDo.Pass),
        (TxState.Trying or TxState.Proceeding, TxInput.Success or TxInput.Failure) => new(TxState.Completed, TxDo.Pass | TxDo.StopRetransmit, TxTimer.K),
        (TxState.Trying or TxState.Proceeding, TxInput.TransportError) => new(TxState.Terminated, TxDo.TellTransportError),
        (TxState.Completed, TxInput.Expire) => new(TxState.Terminated), // timer K
        _ => new(state),
    };

    // RFC 3261 section 17.2.2, figure 8.
    private static TxStep NonInviteServer(TxState state, TxInput input) => (state, input) switch
    {
        (TxState.Trying or TxState.Proceeding, TxInput.Provisional) => new(TxState.Proceeding, TxDo.Send),
        (TxState.Trying or TxState.Proceeding, TxInput.Success or TxInput.Failure) => new(TxState.Completed, TxDo.Send, TxTimer.J),
        (TxState.Proceeding or TxState.Completed, TxInput.Request) => new(state, TxDo.Resend),
        (TxState.Proceeding or TxState.Completed, TxInput.TransportError) => new(TxState.Terminated, TxDo.TellTransportError),
        (TxState.Completed, TxInput.Expire) => new(TxState.Terminated), // timer J
        _ => new(state),
    };
}
