using CallCenter.Hosting;

namespace CallCenter.Desk.Push;

/// <summary>All open tabs and who gets which message. Nothing here waits for a tab.</summary>
internal sealed class Connections(ILogger<Connections> logger)
{
    /// <summary>Tabs of one host.</summary>
    public const int Max = 10_000;

    /// <summary>Tabs of one user; the oldest goes when there is one more: it may be one that vanished without a word.</summary>
    public const int MaxOfUser = 20;

    private readonly Lock _sync = new();
    private readonly Dictionary<string, Connection> _all = [];
    private readonly Dictionary<Group, List<Connection>> _groups = [];
    private long _opened;

    /// <summary>A tab connected.</summary>
    public event Action? Opened;

    public int Count
    {
        get
        {
            lock (_sync)
            {
                return _all.Count;
            }
        }
    }

    /// <summary>Whether a message for the group would reach anybody.</summary>
    public bool Any(Group group)
    {
        lock (_sync)
        {
            return _groups.ContainsKey(group);
        }
    }

    /// <summary>Takes a tab in; false when there are too many.</summary>
    public bool Open(Connection connection)
    {
        Connection? oldest = null;
        lock (_sync)
        {
            if (_all.Count >= Max)
            {
                Log.TooManyConnections(logger, Max);
                return false;
            }

            var ofUser = _all.Values.Where(c => c.Caller.User == connection.Caller.User).ToList();
            oldest = ofUser.Count >= MaxOfUser ? ofUser.MinBy(c => c.Number) : null;
            connection.Number = ++_opened;
            _all.Add(connection.Id, connection);
            foreach (var group in connection.Groups)
            {
                (_groups.TryGetValue(group, out var members) ? members : _groups[group] = []).Add(connection);
            }
        }

        Telemetry.Connections.Add(1);
        if (oldest is not null)
        {
            Close(oldest.Id);
            oldest.Abort();
        }

        Opened?.Invoke();
        return true;
    }

    /// <summary>A tab is gone.</summary>
    public void Close(string id)
    {
        lock (_sync)
        {
            if (!_all.Remove(id, out var connection))
            {
                return;
            }

            foreach (var group in connection.Groups)
            {
                _groups[group].Remove(connection);
                if (_groups[group].Count == 0)
                {
                    _groups.Remove(group);
                }
            }

            connection.End();
        }

        Telemetry.Connections.Add(-1);
    }

    /// <summary>Hands the message to everyone whom it is for and who has a right to it; those who are too slow are closed.</summary>
    public void Send(Outgoing message)
    {
        List<Connection>? slow = null;
        lock (_sync)
        {
            foreach (var connection in message.To.SelectMany(group => _groups.GetValueOrDefault(group) ?? []))
            {
                if (!message.IsFor(connection.Caller))
                {
                    Log.NoRight(logger, connection.Caller.User, message.Type, message.Tenant, message.Agent?.Id);
                }
                else if (connection.Offer(message))
                {
                    Telemetry.Pushed.Add(1, new KeyValuePair<string, object?>("type", message.Type));
                }
                else
                {
                    (slow ??= []).Add(connection);
                }
            }
        }

        foreach (var connection in slow ?? [])
        {
            Log.TooSlow(logger, connection.Caller.User, Connection.WaitingMax);
            Telemetry.ClosedSlow.Add(1);
            Close(connection.Id);
            connection.Abort();
        }
    }
}
