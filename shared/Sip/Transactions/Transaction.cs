using System.Buffers;
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
    internal int Interval;
    internal long RetransmitAt = long.MaxValue;
    internal long ExpireAt = long.MaxValue;
    internal TxTimer Armed;

    private byte[]? kept;
    private int keptLength;

    /// <summary>The message that may have to be sent again; empty when there is none.</summary>
    internal ReadOnlyMemory<byte> Last => kept.AsMemory(0, keptLength);

    protected TransactionLayer Layer { get; } = layer;

    internal bool IsClient => Kind is TxKind.InviteClient or TxKind.NonInviteClient;

    internal abstract void Tell(TxDo action, SipMessage? message);

    /// <summary>Keeps a copy of the message as <see cref="Last"/>. Buffers come from the pool but where they are kept for long.</summary>
    internal void Keep(ReadOnlyMemory<byte> message)
    {
        if (kept is null || kept.Length < message.Length)
        {
            Release();
            kept = Kind == TxKind.NonInviteServer ? new byte[message.Length] : ArrayPool<byte>.Shared.Rent(message.Length);
        }

        message.CopyTo(kept);
        keptLength = message.Length;
    }

    /// <summary>Nothing has to be sent again.</summary>
    internal void Release()
    {
        if (kept is not null && Kind != TxKind.NonInviteServer)
        {
            ArrayPool<byte>.Shared.Return(kept);
        }

        (kept, keptLength) = (null, 0);
    }

    /// <summary>Lets go of all but what a tombstone needs.</summary>
    internal abstract void Shrink();

    internal override void Fire(long now) => Layer.OnTimer(this, now);
}

internal sealed class ClientTransaction(TransactionLayer layer, TxKind kind, byte[] key, SipFlow flow, ClientHandler handler)
    : Transaction(layer, kind, key, flow)
{
    private ClientHandler? handler = handler;

    internal string Branch => TransactionKey.BranchOf(Key);

    /// <summary>The request as sent, before the final response: CANCEL and ACK repeat parts of it.</summary>
    internal SipMessage Request => SipParser.Parse(Last.ToArray(), out _)!;

    /// <summary>What comes from now on is for another user.</summary>
    internal void HandTo(ClientHandler next) => handler = next;

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

        if (State != TxState.Completed || Kind != TxKind.InviteClient)
        {
            Release();
        }
    }
}

internal sealed class ServerTransaction(TransactionLayer layer, TxKind kind, byte[] key, SipFlow flow, SipFlow source, SipMessage request)
    : Transaction(layer, kind, key, flow)
{
    private string? localTag;

    /// <summary>The request, until the final response has been sent.</summary>
    internal SipMessage? Request { get; private set; } = request;

    /// <summary>Where the request came from; responses go by Flow, which without rport has another port.</summary>
    internal SipFlow Source { get; } = source;

    /// <summary>What other branches of the same fork have too, of an INVITE outside of a dialog; else null.</summary>
    internal byte[]? MergeKey { get; set; }

    /// <summary>The To tag of every response of this transaction (RFC 3261 section 8.2.6.2).</summary>
    internal string LocalTag => localTag ??= SipRandom.Tag();

    /// <summary>Called when a CANCEL matches while no final response has been sent (RFC 3261 section 9.2).</summary>
    internal Action? Cancelled { get; set; }

    internal bool IsFinal => State is not (TxState.Trying or TxState.Proceeding);

    internal void Respond(int code, ReadOnlyMemory<byte> response) => Layer.Respond(this, code, response);

    /// <summary>Sends the 2xx again: to an INVITE that is its user's to do until the ACK, who then says <see cref="Transaction.Release"/>.</summary>
    internal void Repeat()
    {
        if (!Last.IsEmpty)
        {
            Flow.Send(Last);
        }
    }

    internal override void Tell(TxDo action, SipMessage? message)
    {
        // A lost non-2xx response leaves nothing to be done: the call it refused has ended already.
    }

    internal override void Shrink()
    {
        Request = null;
        Cancelled = null;
    }
}
