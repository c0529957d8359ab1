using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;

namespace CallCenter.TestKit.Running;

/// <summary>How the application is run.</summary>
public enum Shape
{
    /// <summary>All services in one process.</summary>
    OneProcess,

    /// <summary>Each service in a process of its own, with a broker and doors before them.</summary>
    Fleet,
}

/// <summary>
/// The real application in a process of its own, on free ports with a data folder of its own. It can be killed and
/// started again on the same folder. What it printed is kept and shown when it does not start.
/// </summary>
public sealed partial class RunningCenter : IAsyncDisposable
{
    private const int LinesMax = 5000, Sigterm = 15;
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(120);

    private readonly Shape _shape;
    private readonly string[] _more;
    private readonly List<string> _lines = [];
    private Process? _process;
    private DemoData? _demo;

    private RunningCenter(Shape shape, FreePorts ports, string data, string[] more)
    {
        _shape = shape;
        Ports = ports;
        Data = data;
        _more = more;
    }

    public FreePorts Ports { get; }

    /// <summary>The data folder.</summary>
    public string Data { get; }

    public Uri Address => new($"http://127.0.0.1:{Ports.Http}");

    public IPEndPoint Sip => new(IPAddress.Loopback, Ports.Sip);

    public DemoData Demo => _demo ??= DemoData.Read(Data);

    /// <summary>How long the last start took from the process to the line that says ready.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    public int ProcessId => _process!.Id;

    /// <summary>What its processes printed so far.</summary>
    public string Output => SaidSince(0);

    public Shape Shape => _shape;

    /// <summary>Starts the application in a new folder and waits until it is ready.</summary>
    /// <param name="more">Further configuration: key=value.</param>
    public static Task<RunningCenter> Start(params string[] more) => Start(Shape.OneProcess, more);

    /// <inheritdoc cref="Start(string[])"/>
    public static async Task<RunningCenter> Start(Shape shape, params string[] more)
    {
        // The database's account must be able to pass through, so the folder is not the owner's alone as temporary ones are.
        var data = Path.Combine(Path.GetTempPath(), $"callcenter-{Guid.NewGuid():N}"[..24]);
        Directory.CreateDirectory(data, (UnixFileMode)Convert.ToInt32("711", 8));
        var center = new RunningCenter(shape, FreePorts.Find(), data, more);
        await center.Start();
        return center;
    }

    /// <summary>Starts the process again on the same folder.</summary>
    public async Task Start()
    {
        var since = Stopwatch.GetTimestamp();
        var before = Said();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = Launch(Source.ApplicationOf(_shape), Arguments(Ports, Data, _more), line =>
        {
            Keep(line);
            if (line.StartsWith("ready ", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        });
        var exited = _process.WaitForExitAsync();
        try
        {
            await Task.WhenAny(ready.Task, exited).WaitAsync(ReadyWithin);
        }
        catch (TimeoutException)
        {
            _process.Kill();
            throw new TimeoutException($"not ready within {ReadyWithin.TotalSeconds:0} s:\n{SaidSince(before)}");
        }
        ReadyAfter = Stopwatch.GetElapsedTime(since);
        if (!ready.Task.IsCompleted)
        {
            _process.WaitForExit(); // what it printed last has been read too
            throw new InvalidOperationException($"the application ended with {_process.ExitCode}:\n{SaidSince(before)}");
        }
    }

    /// <summary>The command line of a start.</summary>
    public static string[] Arguments(FreePorts ports, string data, params string[] more) =>
    [
        "--urls", $"http://127.0.0.1:{ports.Http}", "--Data:Folder", data,
        "--Telephony:Bind", "127.0.0.1", "--Telephony:Advertise", "127.0.0.1", "--Telephony:SipPort", $"{ports.Sip}",
        "--Telephony:RtpFrom", $"{ports.RtpFrom}", "--Telephony:RtpTo", $"{ports.RtpTo}",
        .. more.SelectMany(pair => new[] { $"--{pair.Split('=', 2)[0]}", pair.Split('=', 2)[1] }),
    ];

    /// <summary>Starts the application's process; every line it prints goes to the action.</summary>
    public static Process Launch(IEnumerable<string> arguments, Action<string> said) => Launch(Source.Application, arguments, said);

    private static Process Launch(string program, IEnumerable<string> arguments, Action<string> said)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(program)!,
        }) ?? throw new InvalidOperationException($"{program} did not start");
        process.OutputDataReceived += (_, e) => said(e.Data ?? "");
        process.ErrorDataReceived += (_, e) => said(e.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Where each process is asked about itself.</summary>
    public async Task<IReadOnlyList<Uri>> Hosts()
    {
        if (_shape == Shape.OneProcess)
        {
            return [Address];
        }
        using var fleet = new FleetControl(this);
        return [.. (await fleet.Members()).Where(m => m.Address is not null).Select(m => new Uri(m.Address!))];
    }

    public Task<Api> SignIn(string user)
    {
        var known = Demo.Users.Single(u => u.User == user);
        return Api.SignIn(Address, known.User, known.Password);
    }

    /// <summary>Signs in as the demo's user of that role: agent, supervisor, client, administrator.</summary>
    public Task<Api> SignInAs(string role) => SignIn(Demo.First(role).User);

    /// <summary>kill -9: nothing is put in order.</summary>
    public async Task Kill()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; the time until the process was gone, and its exit code.</summary>
    public async Task<(TimeSpan Took, int ExitCode)> Terminate(TimeSpan within)
    {
        var since = Stopwatch.GetTimestamp();
        if (Signal(_process!.Id, Sigterm) != 0)
        {
            throw new InvalidOperationException($"SIGTERM could not be sent: errno {Marshal.GetLastPInvokeError()}");
        }
        try
        {
            await _process.WaitForExitAsync().WaitAsync(within);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"not stopped within {within.TotalSeconds:0} s after SIGTERM:\n{Output}");
        }
        return (Stopwatch.GetElapsedTime(since), _process.ExitCode);
    }

    /// <summary>Stops the process and deletes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_process is { HasExited: false })
            {
                await Terminate(TimeSpan.FromSeconds(15));
            }
        }
        finally
        {
            _process?.Kill();
            _process?.Dispose();
            Directory.Delete(Data, recursive: true);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int pid, int signal);

    private int Said()
    {
        lock (_lines)
        {
            return _lines.Count;
        }
    }

    private string SaidSince(int line)
    {
        lock (_lines)
        {
            return string.Join('\n', _lines.Skip(line));
        }
    }

    private void Keep(string line)
    {
        lock (_lines)
        {
            if (_lines.Count < LinesMax)
            {
                _lines.Add(line);
            }
        }
    }
}
