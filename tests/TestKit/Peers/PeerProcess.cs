using System.ComponentModel;
using System.Diagnostics;

namespace CallCenter.TestKit.Peers;

/// <summary>Another make of software, run as a process for a test: what it says is kept, lines can be waited for.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private const int LinesMax = 20_000;
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly List<(Predicate<string> Wanted, TaskCompletionSource Seen)> _waiting = [];

    /// <param name="package">The Debian package that has the program.</param>
    /// <param name="folder">Its working folder, and its home.</param>
    public PeerProcess(string program, string package, IEnumerable<string> arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder,
        };
        start.Environment["HOME"] = folder;
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{program} is missing: apt-get install {package}", e);
        }
        _process.OutputDataReceived += (_, e) => Said(e.Data);
        _process.ErrorDataReceived += (_, e) => Said(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>How many lines it has said: what it says from now on comes after them.</summary>
    public int Lines
    {
        get
        {
            lock (_lines)
            {
                return _lines.Count;
            }
        }
    }

    /// <summary>Waits for a line that contains the text, after so many others.</summary>
    public Task Says(string text, TimeSpan within, int after = 0) => Says(line => line.Contains(text, StringComparison.Ordinal), text, within, after);

    /// <summary>Waits for a line that is wanted, after so many others.</summary>
    /// <param name="text">What it is called when it does not come.</param>
    public async Task Says(Predicate<string> wanted, string text, TimeSpan within, int after = 0)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lines)
        {
            if (_lines.Skip(after).Any(l => wanted(l)))
            {
                return;
            }
            _waiting.Add((wanted, seen));
        }
        var exited = _process.WaitForExitAsync();
        if (await Task.WhenAny(seen.Task, exited).WaitAsync(within).ContinueWith(t => !t.IsCompletedSuccessfully || !seen.Task.IsCompleted, TaskScheduler.Default))
        {
            throw new TimeoutException($"{_process.StartInfo.FileName} did not say '{text}' within {within.TotalSeconds:0} s:\n{Output}");
        }
    }

    /// <summary>Waits for the end; the exit code.</summary>
    public async Task<int> Ends(TimeSpan within)
    {
        await _process.WaitForExitAsync().WaitAsync(within);
        return _process.ExitCode;
    }

    /// <summary>Writes to its standard input.</summary>
    public async Task Tell(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private void Said(string? line)
    {
        if (line is null)
        {
            return;
        }
        lock (_lines)
        {
            if (_lines.Count < LinesMax)
            {
                _lines.Add(line);
            }
            foreach (var waiting in _waiting.Where(w => w.Wanted(line)).ToList())
            {
                _waiting.Remove(waiting);
                waiting.Seen.TrySetResult();
            }
        }
    }
}
