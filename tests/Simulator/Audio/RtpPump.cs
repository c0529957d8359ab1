namespace CallCenter.Simulator.Audio;

/// <summary>One thread that drives all lines, each 5 ms: so many parties cost a few per cent of a core.</summary>
internal sealed class RtpPump : IDisposable
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private readonly List<RtpLine> _lines = [];
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;

    public RtpPump()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "rtp-pump" };
        _thread.Start();
    }

    /// <summary>Drives the line until it is disposed.</summary>
    public void Add(RtpLine line)
    {
        lock (_gate)
        {
            _lines.Add(line);
        }
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stop.Wait(Turn))
        {
            lock (_gate)
            {
                _lines.RemoveAll(line => !line.Turn());
            }
        }
    }
}
