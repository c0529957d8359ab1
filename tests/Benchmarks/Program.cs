using System.Globalization;
using System.Text.Json;
using CallCenter.Benchmarks;
using CallCenter.Benchmarks.Acd;
using CallCenter.Benchmarks.Days;
using CallCenter.Benchmarks.Invite;
using CallCenter.Benchmarks.Measure;
using CallCenter.Benchmarks.Relay;
using CallCenter.Days;
using Spectre.Console;

if (args is [RelayHost.Command, var order])
{
    return await RelayHost.Run(order, TimeProvider.System);
}

if (args is [InviteHost.Command, var calls])
{
    return await InviteHost.Run(calls, TimeProvider.System);
}

if (args is [AcdHost.Command, var centre])
{
    return await AcdHost.Run(centre, TimeProvider.System);
}

if (args is [DaysBench.Name, "--generate", .. var make])
{
    return DaysBench.Generate(make);
}

const string Usage = "usage: ./callcenter bench [NAME [PART...]...] [--minutes N] [--rate N] [--json FILE]    without a name: lists them; each starts a system of its own\n" + DaysBench.Usage;
var json = "";
var chosen = new List<Bench>();
var parts = new List<string>();
var length = AcdBench.Length;
double? rate = null;
var traces = new List<string>();
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--json" && i + 1 < args.Length)
    {
        json = args[++i];
    }
    else if (args[i] == "--vs" && i + 1 < args.Length && chosen is [.., { Against: { } peer }] && peer == args[i + 1])
    {
        i++; // it is measured beside its peer anyway
    }
    else if (args[i] == "--minutes" && i + 1 < args.Length && double.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var minutes) && minutes is > 0 and <= 60)
    {
        length = TimeSpan.FromMinutes(minutes);
        i++;
    }
    else if (args[i] == "--rate" && i + 1 < args.Length && double.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var asked) && asked is > 0 and <= 10_000)
    {
        rate = asked;
        i++;
    }
    else if (chosen is [.., { } last] && last.Parts.Contains(args[i]))
    {
        parts.Add(args[i]);
    }
    else if (args[i] == "--trace" && i + 1 < args.Length && chosen is [.., { Name: DaysBench.Name }])
    {
        traces.Add(args[++i]);
    }
    else if (Bench.All.FirstOrDefault(b => b.Name == args[i]) is { } bench)
    {
        chosen.Add(bench);
    }
    else
    {
        Console.Error.WriteLine($"callcenter bench: '{args[i]}' is not understood\n{Usage}");
        return 2;
    }
}

if (chosen.Count == 0)
{
    Console.WriteLine($"{Usage}\n\n{string.Join('\n', Bench.All.Select(b => $"  {b.Name,-8} {b.What}"))}");
    return 0;
}

var machine = Machine.Here();
Console.WriteLine(machine);
var rows = new List<Row>();
foreach (var bench in chosen)
{
    Console.WriteLine($"{bench.Name}: {bench.What}");
    try
    {
        rows.AddRange(bench.Name == DaysBench.Name ? new DaysBench(Console.Out, traces).Run()
            : bench.RunParts is { } run ? await run(parts.Count > 0 ? parts : bench.Parts, length, rate, TimeProvider.System, Console.Out)
            : await bench.Run(TimeProvider.System, Console.Out));
    }
    catch (TraceException wrong)
    {
        Console.Error.WriteLine(wrong.Message);
        return 2;
    }
}

AnsiConsole.Profile.Width = Math.Max(200, AnsiConsole.Profile.Width); // a row a line, also in a file
AnsiConsole.Write(ResultTable.Of(rows));
Console.WriteLine($"references: {string.Join("; ", chosen.Select(b => $"{b.Name}: {b.Reference}"))}");
if (json.Length > 0)
{
    await using var file = File.Create(json);
    await JsonSerializer.SerializeAsync(file, new { machine, at = TimeProvider.System.GetUtcNow(), rows }, ResultTable.Json);
}

return rows.All(r => r.Pass) ? 0 : 1;
