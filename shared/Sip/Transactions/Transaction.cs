using CallCenter.Sip.Messages;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Transactions;

/// <summary>How a client transaction goes on: a response, or none. The last one is final.</summary>
internal enum ClientOutcome
{
    Response,
    Timeout,
    TransportError,
}

/// <summary>A client transaction's user.</summary>
internal delegate void ClientHandler(ClientTransaction transaction, ClientOutcome outcome, SipMessage? response);

/// <summary>
/// One transaction of any kind. Once finished it is a tombstone: key, flow and the bytes that may have to be repeated; all else is let go.
/// </summary>
internal abstract class Transaction(TransactionLayer layer, TxKind kind, byte[] key, SipFlow flow) : WheelNode
{
    internal readonly byte[] Key = key;
    internal readonly TxKind Kind = kind;
    internal readonly SipFlow Flow = flow;
    internal TxState State;
    internal byte[]? Last;
    internal int Interval;
    internal long RetransmitAt = long.MaxValue;
    internal long ExpireAt = long.MaxValue;
    internal TxTimer Armed;

    protected TransactionLayer Layer { get; } = layer;

    internal bool IsClient => Kind is TxKind.InviteClient or TxKind.NonInviteClient;

    internal abstract void Tell(TxDo action, SipMessage? message);

    /// <summary>Lets go of all but what a tombstone needs.</summary>
    internal abstract void Shrink();

    internal override void Fire(long now) => Layer.OnTimer(this, now);
}

internal sealed class ClientTransaction(TransactionLayer layer, TxKind kind, byte[] key, SipFlow flow, string branch, ClientHandler handler)
    : Transaction(layer, kind, key, flow)
{
    private ClientHandler? handler = handler;

    internal string Branch { get; } = branch;

    /// <summary>The request as sent: CANCEL and ACK repeat parts of it.</summary>
    internal byte[]? Request { get; set; }

    internal override void Tell(TxDo action, SipMessage? message) => handler?.Invoke(
        this,
        action switch { TxDo.TellTimeout => ClientOutcome.Timeout, TxDo.TellTransportError => ClientOutcome.TransportError, _ => ClientOutcome.Response },
        message);

    internal override void Shrink()
    {
        // An INVITE's user stays until timer M: a forked or repeated 2xx is for it (RFC 6026 section 8.4).
        if (State != TxState.Accepted)
        {
            handler = null;
        }

        Request = null;
        Last = State == TxState.Completed && Kind == TxKind.InviteClient ? Last : null;
    }
}

internal sealed class ServerTransaction(TransactionLayer layer, TxKind kind, byte[] key, SipFlow flow, SipFlow source, SipMessage request, string localTag)
    : Transaction(layer, kind, key, flow)
{
    /// <summary>The request, until the final response has been sent.</summary>
    internal SipMessage? Request { get; private set; } = request;

    /// <summary>Where the request came from; responses go by Flow, which without rport has another port.</summary>
    internal SipFlow Source { get; } = source;

    /// <summary>What other branches of the same fork have too, of an INVITE outside of a dialog; else null.</summary>
    internal byte[]? MergeKey { get; set; }

    /// <summary>The To tag of every response of this transaction (RFC 3261 section 8.2.6.2).</summary>
    internal string LocalTag { get; } = localTag;

    /// <summary>Called when a CANCEL matches while no final response has been sent (RFC 3261 section 9.2).</summary>
    internal Action? Cancelled { get; set; }

    internal bool IsFinal => State is not (TxState.Trying or TxState.Proceeding);

    internal void Respond(int code, byte[] response) => Layer.Respond(this, code, response);

    internal override void Tell(TxDo action, SipMessage? message)
    {
        // A lost non-2xx response leaves nothing to be done: the call it refused has ended already.
    }

    internal override void Shrink()
    {
        Request = null;
        Cancelled = null;
        Last = State == TxState.Accepted ? null : Last;
    }
}
