using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace CallCenter.Ivr.Prompts;

/// <summary>Speech cannot be made now; the message says why and what to do.</summary>
internal sealed class SpeechException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Turns text into speech with espeak-ng: one short-lived process a prompt. The text goes through its standard input, the
/// voice is one of its own list, markup is not switched on: nothing that is in a text can become an option or a command.
/// </summary>
internal sealed partial class Speech(IConfiguration configuration, TimeProvider clock) : IDisposable
{
    public const int MaxTextLength = 2_000;
    public const int MaxConcurrent = 2;
    public const int MaxWaiting = 32;

    /// <summary>At most two minutes of 22,050 Hz speech: what a text of the longest length needs at the slowest voice.</summary>
    public const int MaxBytes = 22_050 * 2 * 300;

    private const int WordsPerMinute = 160;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly string _program = configuration["Ivr:Speech:Program"] ?? "espeak-ng";
    private readonly SemaphoreSlim _running = new(MaxConcurrent);
    private int _waiting;
    private IReadOnlySet<string>? _voices;

    [GeneratedRegex(@"^\s*\d+\s+(\S+)\s.*$", RegexOptions.Multiline)]
    private static partial Regex VoiceLine();

    [GeneratedRegex(@"\(([a-z0-9-]+) \d+\)")]
    private static partial Regex OtherLanguage();

    /// <summary>The voice for a language tag: of the whole tag, else of its language; null when there is none.</summary>
    public async Task<string?> Voice(string language, CancellationToken ct)
    {
        _voices ??= await ReadVoices(ct);
        return new[] { language.ToLowerInvariant(), language.ToLowerInvariant().Split('-')[0] }.FirstOrDefault(_voices.Contains);
    }

    /// <summary>A WAV file of the spoken text, as espeak-ng writes it. Throws <see cref="SpeechException"/>.</summary>
    public async Task<byte[]> Render(string voice, string text, CancellationToken ct)
    {
        // "[[" would switch to phoneme names.
        var plain = text.Replace("[[", "[ [", StringComparison.Ordinal);
        var wav = await Run(["-v", voice, "-s", $"{WordsPerMinute}", "-b", "1", "--stdin", "--stdout"], plain, ct);
        return wav.Length > 44 ? wav : throw new SpeechException($"{_program} made no audio of this text; check text and language.");
    }

    public void Dispose() => _running.Dispose();

    private async Task<IReadOnlySet<string>> ReadVoices(CancellationToken ct)
    {
        var list = Encoding.UTF8.GetString(await Run(["--voices"], "", ct));
        return VoiceLine().Matches(list).Select(m => m.Groups[1].Value)
            .Concat(OtherLanguage().Matches(list).Select(m => m.Groups[1].Value))
            .Where(v => v.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            .ToHashSet(StringComparer.Ordinal);
    }

    private async Task<byte[]> Run(string[] arguments, string input, CancellationToken ct)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new SpeechException($"{MaxWaiting} prompts are being spoken already; try again in a moment.");
        }

        using var deadline = new CancellationTokenSource(Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            await _running.WaitAsync(either.Token);
            try
            {
                return await RunProcess(arguments, input, either.Token);
            }
            finally
            {
                _running.Release();
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new SpeechException($"{_program} did not finish within {Deadline.TotalSeconds} s; try again or shorten the text.");
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async Task<byte[]> RunProcess(string[] arguments, string input, CancellationToken ct)
    {
        using var process = Start(arguments);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(ct);
            var output = ReadLimited(process.StandardOutput.BaseStream, ct);
            await Feed(process, input, ct);
            var wav = await output;
            await process.WaitForExitAsync(ct);
            return process.ExitCode == 0
                ? wav
                : throw new SpeechException($"{_program} failed ({process.ExitCode}): {(await errors).Trim()}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private Process Start(string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(_program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new SpeechException($"{_program} cannot be started ({e.Message}); install it (Debian: apt install espeak-ng) or set Ivr:Speech:Program.", e);
        }
    }

    private static async Task Feed(Process process, string input, CancellationToken ct)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), ct);
            process.StandardInput.Close();
        }
        catch (IOException) when (process.HasExited)
        {
            // It refused its options before it read: the exit code says so.
        }
    }

    private static async Task<byte[]> ReadLimited(Stream stream, CancellationToken ct)
    {
        using var wav = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
        {
            wav.Write(buffer, 0, read);
            if (wav.Length > MaxBytes)
            {
                throw new SpeechException($"the spoken text is longer than {MaxBytes / 44_100} s; shorten it.");
            }
        }

        return wav.ToArray();
    }
}
