namespace CallCenter.Sip.Transports;

/// <summary>One thread that does everything of an endpoint in order: received messages (bounded), actions, ticks.</summary>
internal sealed class SipLoop(int queueMax, Action<byte[], SipFlow> receive, Action<Exception> failed) : IDisposable
{
    private readonly Lock gate = new();
    private readonly AutoResetEvent wake = new(false);
    private List<Item> incoming = [];
    private List<Item> batch = [];
    private Thread? thread;
    private int messages;
    private bool stopping;

    public bool IsStarted => thread is not null;

    public bool HasRoom => Volatile.Read(ref messages) < queueMax;

    public void Start()
    {
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

    /// <summary>Ends the thread after what is queued now.</summary>
    public void Dispose()
    {
        Post(Stop);
        if (thread is not null && Thread.CurrentThread != thread)
        {
            thread.Join();
        }

        wake.Dispose();
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
        bool first;
        lock (gate)
        {
            if (stopping)
            {
                return; // nobody is left to do it
            }

            first = incoming.Count == 0;
            incoming.Add(item);
            if (first)
            {
                wake.Set();
            }
        }
    }

    private void Run()
    {
        while (!stopping)
        {
            wake.WaitOne();
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
    }

    private void Handle(in Item item)
    {
        try
        {
            if (item.Action is not null)
            {
                item.Action();
            }
            else
            {
                Interlocked.Decrement(ref messages);
                receive(item.Bytes!, item.Flow!);
            }
        }
#pragma warning disable CA1031 // One message's fault must not stop the loop that all calls share; it is reported.
        catch (Exception exception)
        {
            failed(exception);
        }
#pragma warning restore CA1031
    }

    private readonly record struct Item(Action? Action, byte[]? Bytes, SipFlow? Flow);
}
