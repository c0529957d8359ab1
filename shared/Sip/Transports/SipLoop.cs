namespace CallCenter.Sip.Transports;

/// <summary>
/// One thread that does everything of an endpoint in order: datagrams, which it receives itself, messages of connections (bounded), actions,
/// ticks.
/// </summary>
internal sealed unsafe class SipLoop(int queueMax, Action<byte[], int, SipFlow> receive, Action<Exception> failed) : IDisposable
{
    private readonly Lock gate = new();
    private readonly int wake = Libc.OpenEvent();
    private IReadOnlyList<UdpTransport> sockets = [];
    private List<Item> incoming = [];
    private List<Item> batch = [];
    private Thread? thread;
    private int messages;
    private bool stopping;

    public bool IsStarted => thread is not null;

    public bool HasRoom => Volatile.Read(ref messages) < queueMax;

    /// <param name="udp">Received from until they are closed, on the loop.</param>
    public void Start(IReadOnlyList<UdpTransport> udp)
    {
        sockets = udp;
        thread = new Thread(Run) { IsBackground = true, Name = "sip-loop" };
        thread.Start();
    }

    /// <summary>Queues an action; also from the loop itself, it runs after what runs now.</summary>
    public void Post(Action action) => Add(new Item(action, null, null));

    /// <summary>Queues a message; false when the queue is full.</summary>
    public bool TryReceive(byte[] bytes, SipFlow flow)
    {
        if (!HasRoom)
        {
            return false;
        }

        Interlocked.Increment(ref messages);
        Add(new Item(null, bytes, flow));
        return true;
    }

    /// <summary>Takes a message from the first bytes of a buffer that is lent, on the loop.</summary>
    public void Receive(byte[] buffer, int length, SipFlow flow)
    {
        try
        {
            receive(buffer, length, flow);
        }
#pragma warning disable CA1031 // One message's fault must not stop the loop that all calls share; it is reported.
        catch (Exception exception)
        {
            failed(exception);
        }
#pragma warning restore CA1031
    }

    /// <summary>Ends the thread after what is queued now.</summary>
    public void Dispose()
    {
        if (thread is null)
        {
            Stop();
            _ = Libc.Close(wake);
            return;
        }

        Post(Stop);
        if (Thread.CurrentThread != thread)
        {
            thread.Join();
        }
    }

    private void Stop()
    {
        lock (gate)
        {
            stopping = true;
        }
    }

    private void Add(Item item)
    {
        lock (gate)
        {
            if (stopping)
            {
                return; // nobody is left to do it
            }

            incoming.Add(item);
            if (incoming.Count == 1 && Thread.CurrentThread != thread)
            {
                Libc.Signal(wake);
            }
        }
    }

    private void Run()
    {
        var watched = stackalloc Libc.Watched[sockets.Count + 1];
        watched[0] = new() { Fd = wake, Events = Libc.Readable };
        while (!stopping)
        {
            for (var i = 0; i < sockets.Count; i++)
            {
                watched[i + 1] = new() { Fd = sockets[i].Fd, Events = Libc.Readable };
            }

            Libc.Wait(watched, sockets.Count + 1, HasWork() ? 0 : -1);
            if (watched[0].Happened != 0)
            {
                Libc.Unsignal(wake);
            }

            for (var i = 0; i < sockets.Count; i++)
            {
                if (watched[i + 1].Happened != 0)
                {
                    sockets[i].Receive(this);
                }
            }

            HandleQueued();
        }

        _ = Libc.Close(wake);
    }

    private bool HasWork()
    {
        lock (gate)
        {
            return incoming.Count > 0;
        }
    }

    private void HandleQueued()
    {
        lock (gate)
        {
            (incoming, batch) = (batch, incoming);
        }

        foreach (var item in batch)
        {
            Handle(item);
        }

        batch.Clear();
    }

    private void Handle(in Item item)
    {
        if (item.Action is null)
        {
            Interlocked.Decrement(ref messages);
            Receive(item.Bytes!, item.Bytes!.Length, item.Flow!);
            return;
        }

        try
        {
            item.Action();
        }
#pragma warning disable CA1031 // One action's fault must not stop the loop that all calls share; it is reported.
        catch (Exception exception)
        {
            failed(exception);
        }
#pragma warning restore CA1031
    }

    private readonly record struct Item(Action? Action, byte[]? Bytes, SipFlow? Flow);
}
