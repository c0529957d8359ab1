using CallCenter.Contracts;
using Npgsql;

namespace CallCenter.Hosting;

/// <summary>The transaction in which events are applied.</summary>
public sealed class InboxTransaction
{
    private readonly List<DomainEvent> _published = [];
    private readonly List<Action> _afterCommit = [];
    private readonly Outbox? _outbox;

    internal InboxTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, Outbox? outbox)
    {
        Connection = connection;
        Transaction = transaction;
        _outbox = outbox;
    }

    /// <summary>Open, in the tenant of the event.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Committed by Hosting, after the last event of the batch.</summary>
    public NpgsqlTransaction Transaction { get; }

    internal DomainEvent? Applying { get; set; }

    internal IReadOnlyList<DomainEvent> Stamped { get; private set; } = [];

    /// <summary>
    /// Tells an event of this service with the commit: it gets the service's next sequence of its stream and, unless set, the
    /// applied event as its cause and its trace.
    /// </summary>
    public void Publish(DomainEvent unstamped)
    {
        if (_outbox is null)
        {
            throw new InvalidOperationException("This service has no outbox: call AddOutbox before AddInbox.");
        }
        _published.Add(unstamped with
        {
            Causation = unstamped.Causation ?? Applying?.EventId,
            TraceParent = unstamped.TraceParent ?? System.Diagnostics.Activity.Current?.Id ?? Applying?.TraceParent,
        });
    }

    /// <summary>Done after the commit, in order; not done when the transaction is rolled back or the process dies in between.</summary>
    public void AfterCommit(Action action) => _afterCommit.Add(action);

    internal async Task StorePublished(CancellationToken ct)
    {
        if (_published.Count > 0)
        {
            Stamped = await _outbox!.Publish(Connection, Transaction, _published, ct);
        }
    }

    internal void Committed()
    {
        if (Stamped.Count > 0)
        {
            _outbox!.Committed(Stamped);
        }
        foreach (var action in _afterCommit)
        {
            action();
        }
    }
}
