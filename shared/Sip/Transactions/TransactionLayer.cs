using CallCenter.Sip.Messages;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Transactions;

/// <summary>What the transaction layer gives to its user. Set once, before the first message.</summary>
internal sealed class TransactionUser
{
    /// <summary>Decides on a request that belongs to no transaction; false: no transaction is made.</summary>
    public required Func<SipMessage, SipFlow, bool> Admit { get; init; }

    public required Action<ServerTransaction, SipMessage> Request { get; init; }

    /// <summary>An ACK to a 2xx: it belongs to a dialog, not to a transaction (RFC 3261 section 17).</summary>
    public required Action<SipMessage> Ack { get; init; }

    /// <summary>A response that belongs to no transaction.</summary>
    public required Action<SipMessage, SipFlow> StrayResponse { get; init; }
}

/// <summary>
/// All transactions of one loop: finds them by key, runs their tables, arms their timers. Single-threaded, no I/O but <see cref="SipFlow.Send"/>.
/// </summary>
internal sealed class TransactionLayer(SipTimers timers, TimerWheel wheel, Func<long> now, TransactionUser user)
{
    private readonly Dictionary<byte[], Transaction> transactions = new(ByteKeyComparer.Instance);
    private readonly Dictionary<byte[], ServerTransaction> firstBranches = new(ByteKeyComparer.Instance);
    private readonly Dictionary<SipFlow, HashSet<Transaction>> onConnections = [];
    private readonly Queue<Transaction> failed = new();
    private readonly SipMessageWriter writer = new();
    private bool draining;

    /// <summary>Live transactions and tombstones.</summary>
    public int Count => transactions.Count;

    /// <summary>Client transactions that wait for their final response.</summary>
    public int Waiting { get; private set; }

    public void Receive(SipMessage message, SipFlow flow)
    {
        if (message.IsRequest)
        {
            ReceiveRequest(message, flow);
        }
        else
        {
            ReceiveResponse(message, flow);
        }

        DrainFailures();
    }

    /// <summary>Starts a client transaction: sends, retransmits, reports to <paramref name="handler"/>.</summary>
    public ClientTransaction Send(SipMethod method, ReadOnlyMemory<byte> request, string branch, SipFlow flow, ClientHandler handler)
    {
        Span<byte> key = stackalloc byte[TransactionKey.BytesMax];
        Span<byte> text = stackalloc byte[branch.Length];
        System.Text.Encoding.ASCII.GetBytes(branch, text);
        var length = TransactionKey.Client(key, method, text);
        var kind = method == SipMethod.Invite ? TxKind.InviteClient : TxKind.NonInviteClient;
        var transaction = new ClientTransaction(this, kind, key[..length].ToArray(), flow, handler);
        transaction.Keep(request);
        Add(transaction);
        Waiting++;
        Apply(transaction, TransactionTables.Start(kind), null);
        DrainFailures();
        return transaction;
    }

    public void Respond(ServerTransaction transaction, int code, ReadOnlyMemory<byte> response)
    {
        if (transaction.IsFinal && !(transaction.State == TxState.Accepted && code is >= 200 and < 300))
        {
            return;
        }

        transaction.Keep(response);
        Input(transaction, InputOf(code), null);
        DrainFailures();
    }

    /// <summary>Destroys a client transaction whose user has given up on it (RFC 3261 section 9.1).</summary>
    public void Abandon(ClientTransaction transaction)
    {
        var before = transaction.State;
        transaction.State = TxState.Terminated;
        Finish(transaction, before);
    }

    /// <summary>The INVITE transaction that a CANCEL is for: the same branch and sent-by (RFC 3261 section 9.2).</summary>
    public ServerTransaction? InviteOf(SipMessage cancel) => Find(cancel, SipMethod.Invite) as ServerTransaction;

    /// <summary>True for an INVITE outside of a dialog that another branch of a fork has brought already.</summary>
    public bool IsMerged(SipMessage request)
    {
        if (request.Method != SipMethod.Invite)
        {
            return false;
        }

        Span<byte> key = stackalloc byte[TransactionKey.BytesMax];
        return firstBranches.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(key[..TransactionKey.Merge(key, request)]);
    }

    /// <summary>A connection is gone: what waited on it learns so.</summary>
    public void FlowClosed(SipFlow flow)
    {
        if (onConnections.TryGetValue(flow, out var waiting))
        {
            foreach (var transaction in waiting)
            {
                failed.Enqueue(transaction);
            }
        }

        DrainFailures();
    }

    internal void OnTimer(Transaction transaction, long at)
    {
        if (transaction.ExpireAt <= at)
        {
            transaction.ExpireAt = long.MaxValue;
            Input(transaction, TxInput.Expire, null);
        }
        else if (transaction.RetransmitAt <= at)
        {
            Input(transaction, TxInput.Retransmit, null);
        }

        if (transaction.State != TxState.Terminated)
        {
            Reschedule(transaction);
        }

        DrainFailures();
    }

    private static TxInput InputOf(int code) => code < 200 ? TxInput.Provisional : code < 300 ? TxInput.Success : TxInput.Failure;

    private void ReceiveRequest(SipMessage request, SipFlow flow)
    {
        var existing = Find(request, request.Method == SipMethod.Ack ? SipMethod.Invite : request.Method);
        if (request.Method == SipMethod.Ack)
        {
            ReceiveAck(request, existing);
        }
        else if (existing is not null)
        {
            Input(existing, TxInput.Request, null);
        }
        else if (user.Admit(request, flow))
        {
            Serve(request, flow);
        }
    }

    private void ReceiveAck(SipMessage ack, Transaction? existing)
    {
        if (existing is null || existing.State == TxState.Accepted)
        {
            user.Ack(ack);
        }
        else
        {
            Input(existing, TxInput.Ack, ack);
        }
    }

    private void Serve(SipMessage request, SipFlow flow)
    {
        request.TryTopVia(out var via);
        Span<byte> key = stackalloc byte[TransactionKey.BytesMax];
        var length = TransactionKey.Server(key, request.Method, request, via);
        var kind = request.Method == SipMethod.Invite ? TxKind.InviteServer : TxKind.NonInviteServer;
        var transaction = new ServerTransaction(this, kind, key[..length].ToArray(), ResponseWriter.Route(via, flow), flow, request);
        Add(transaction);
        if (kind == TxKind.InviteServer && request.ToTagBytes.IsEmpty)
        {
            transaction.MergeKey = key[..TransactionKey.Merge(key, request)].ToArray();
            firstBranches[transaction.MergeKey] = transaction;
        }

        Apply(transaction, TransactionTables.Start(kind), null);
        user.Request(transaction, request);
    }

    private void ReceiveResponse(SipMessage response, SipFlow flow)
    {
        response.TryTopVia(out var via);
        Span<byte> key = stackalloc byte[TransactionKey.BytesMax];
        var length = TransactionKey.Client(key, response.CSeqMethod, via.Branch);
        if (transactions.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key[..length], out var transaction))
        {
            Input(transaction, InputOf(response.StatusCode), response);
        }
        else
        {
            user.StrayResponse(response, flow);
        }
    }

    private Transaction? Find(SipMessage request, SipMethod method)
    {
        request.TryTopVia(out var via);
        Span<byte> key = stackalloc byte[TransactionKey.BytesMax];
        var length = TransactionKey.Server(key, method, request, via);
        return transactions.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key[..length], out var found) ? found : null;
    }

    private void Add(Transaction transaction)
    {
        transactions[transaction.Key] = transaction;
        if (transaction.IsClient && transaction.Flow.IsReliable)
        {
            if (!onConnections.TryGetValue(transaction.Flow, out var waiting))
            {
                onConnections[transaction.Flow] = waiting = [];
            }

            waiting.Add(transaction);
        }
    }

    private void Remove(Transaction transaction)
    {
        wheel.Cancel(transaction);
        transaction.Release();
        transactions.Remove(transaction.Key);
        if (transaction is ServerTransaction { MergeKey: { } merge })
        {
            firstBranches.Remove(merge);
        }

        LeaveConnection(transaction);
    }

    private void LeaveConnection(Transaction transaction)
    {
        if (onConnections.TryGetValue(transaction.Flow, out var waiting) && waiting.Remove(transaction) && waiting.Count == 0)
        {
            onConnections.Remove(transaction.Flow);
        }
    }

    private void Input(Transaction transaction, TxInput input, SipMessage? message) =>
        Apply(transaction, TransactionTables.Next(transaction.Kind, transaction.State, input), message);

    private void Apply(Transaction transaction, TxStep step, SipMessage? message)
    {
        var before = transaction.State;
        transaction.State = step.Next;
        ArmRetransmit(transaction, step.Do);
        ArmExpire(transaction, step.Arm);
        Emit(transaction, step.Do, message);
        Finish(transaction, before);
    }

    private void Emit(Transaction transaction, TxDo what, SipMessage? message)
    {
        if ((what & TxDo.SendAck) != 0)
        {
            transaction.Keep(RequestWriter.AckToFailure(writer, ((ClientTransaction)transaction).Request, message!));
        }

        if ((what & (TxDo.Send | TxDo.Resend | TxDo.SendAck)) != 0 && !transaction.Last.IsEmpty && !transaction.Flow.Send(transaction.Last))
        {
            failed.Enqueue(transaction);
        }

        foreach (var tell in (ReadOnlySpan<TxDo>)[TxDo.Pass, TxDo.TellTimeout, TxDo.TellTransportError])
        {
            if ((what & tell) != 0)
            {
                transaction.Tell(tell, message);
            }
        }
    }

    private void Finish(Transaction transaction, TxState before)
    {
        if (transaction.State == before || transaction.State is TxState.Proceeding or TxState.Trying or TxState.Calling)
        {
            return;
        }

        if (transaction.IsClient && before is TxState.Calling or TxState.Trying or TxState.Proceeding)
        {
            Waiting--;
            LeaveConnection(transaction);
        }

        transaction.Shrink();
        if (transaction.State == TxState.Terminated || transaction.ExpireAt <= now())
        {
            transaction.State = TxState.Terminated;
            Remove(transaction);
        }
    }

    private void ArmRetransmit(Transaction transaction, TxDo what)
    {
        if ((what & TxDo.StopRetransmit) != 0)
        {
            transaction.RetransmitAt = long.MaxValue;
        }
        else if ((what & TxDo.StartRetransmit) != 0 && !transaction.Flow.IsReliable)
        {
            transaction.Interval = timers.T1;
            transaction.RetransmitAt = now() + transaction.Interval;
        }
        else if ((what & TxDo.NextRetransmit) != 0)
        {
            transaction.Interval = timers.Following(transaction.Kind, transaction.State, transaction.Interval);
            transaction.RetransmitAt = now() + transaction.Interval;
        }
    }

    private void ArmExpire(Transaction transaction, TxTimer timer)
    {
        if (timer != TxTimer.None)
        {
            transaction.Armed = timer;
            transaction.ExpireAt = now() + timers.Of(timer, transaction.Flow.IsReliable);
        }

        if (transaction.State != TxState.Terminated)
        {
            Reschedule(transaction);
        }
    }

    private void Reschedule(Transaction transaction)
    {
        var due = Math.Min(transaction.RetransmitAt, transaction.ExpireAt);
        if (due == long.MaxValue)
        {
            wheel.Cancel(transaction);
        }
        else if (transaction.Slot < 0 || transaction.DueAt != due)
        {
            wheel.Schedule(transaction, due);
        }
    }

    // A failed send is an input of its own, taken after the one that caused it.
    private void DrainFailures()
    {
        if (draining)
        {
            return;
        }

        draining = true;
        while (failed.TryDequeue(out var transaction))
        {
            if (transaction.State != TxState.Terminated)
            {
                Input(transaction, TxInput.TransportError, null);
            }
        }

        draining = false;
    }
}
