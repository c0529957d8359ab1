using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using CallCenter.TestKit.Running;

namespace CallCenter.Media.Tests.Browser;

/// <summary>Headless Chromium on the page beside this file; its microphone is a WAV file. Offers and what it hears come by HTTP.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly HttpListener _http = new();
    private readonly Process _process;
    private readonly string _folder = Directory.CreateTempSubdirectory("chromium-").FullName;
    private readonly Channel<string> _orders = Channel.CreateUnbounded<string>();
    private readonly Channel<double> _heard = Channel.CreateUnbounded<double>();
    private readonly Func<string, Task<string>> _answer;
    private readonly Task _serving;

    public Chromium(short[] voice48kHz, Func<string, Task<string>> answer)
    {
        _answer = answer;
        var wav = Path.Combine(_folder, "voice.wav");
        using (var file = File.Create(wav))
        {
            Wav.Write(file, voice48kHz, 48_000);
        }
        var origin = $"http://127.0.0.1:{FreePorts.Any(SocketType.Stream)}/";
        _http.Prefixes.Add(origin);
        _http.Start();
        _serving = Serve();
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", $"--user-data-dir={_folder}/profile",
            "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", $"--use-file-for-fake-audio-capture={wav}",
            "--autoplay-policy=no-user-gesture-required", origin,
        ])
        {
            start.ArgumentList.Add(argument);
        }
        _process = Process.Start(start) ?? throw new InvalidOperationException("Chromium did not start: install it or set CHROMIUM to its path.");
        // It talks much, and stops when nobody reads.
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What went wrong in the page.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>"digit" (5, 200 ms), "restart", "reload" or "close".</summary>
    public void Order(string what) => _orders.Writer.TryWrite(what);

    /// <summary>Waits until the page hears a tone, from now on.</summary>
    public async Task Hears(double hertz)
    {
        while (_heard.Reader.TryRead(out _))
        {
        }
        using var timeout = new CancellationTokenSource(Deadline);
        var last = 0.0;
        try
        {
            while (Math.Abs(last - hertz) > 10)
            {
                last = await _heard.Reader.ReadAsync(timeout.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Chromium did not hear {hertz} Hz within {Deadline.TotalSeconds} s, last {last} Hz. {string.Join(' ', Faults)}");
        }
    }

    private async Task Serve()
    {
        var requests = new List<Task>();
        try
        {
            while (true)
            {
                var context = await _http.GetContextAsync();
                requests.RemoveAll(each => each.IsCompleted);
                requests.Add(Handle(context));
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            _orders.Writer.TryComplete();
        }
        await Task.WhenAll(requests);
    }

    private async Task Handle(HttpListenerContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.InputStream);
            var text = await reader.ReadToEndAsync();
            var reply = await Reply(context.Request.Url!.AbsolutePath, text);
            context.Response.ContentType = context.Request.HttpMethod == "GET" ? "text/html" : "text/plain";
            await using var writer = new StreamWriter(context.Response.OutputStream);
            await writer.WriteAsync(reply);
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or ChannelClosedException or IOException)
        {
            // The page has gone, or the test is over.
        }
    }

    private async Task<string> Reply(string path, string text)
    {
        switch (path)
        {
            case "/offer":
                return await _answer(text);
            case "/next":
                return await _orders.Reader.ReadAsync();
            case "/heard":
                _heard.Writer.TryWrite(double.Parse(text, CultureInfo.InvariantCulture));
                return "";
            case "/fault":
                Faults.Enqueue(text);
                return "";
            case "/":
                using (var page = new StreamReader(typeof(Chromium).Assembly.GetManifestResourceStream("page.html")!))
                {
                    return await page.ReadToEndAsync();
                }
            default:
                return "";
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Close();
        await _serving;
        Directory.Delete(_folder, recursive: true);
    }
}
