using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CallCenter.Simulator.Screen;

/// <summary>Shows the run while it lasts: a live table on a terminal, a line now and then elsewhere.</summary>
internal sealed class Board(Simulation run, TimeProvider clock, TextWriter output)
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(500), PlainEvery = TimeSpan.FromSeconds(10);

    /// <summary>Shows until the work is over.</summary>
    public async Task Show(Task work)
    {
        if (output != Console.Out || Console.IsOutputRedirected)
        {
            await Repeat(PlainEvery, work, () => output.WriteLine(Plain(Now())));
            return;
        }
        await AnsiConsole.Live(Picture(Now())).StartAsync(live => Repeat(Redraw, work, () => live.UpdateTarget(Picture(Now()))));
    }

    internal static string Plain(Snapshot now) => string.Create(CultureInfo.InvariantCulture,
        $"  {now.Elapsed:mm\\:ss}  {now.Calls} calls, {now.Live} live: {now.InMenu} in the menu, {now.Queues.Sum(q => q.Waiting)} waiting, {now.Queues.Sum(q => q.Talking)} talking; ") +
        $"agents: {string.Join(' ', now.Agents.GroupBy(a => a.Stage).OrderBy(g => g.Key).Select(g => $"{g.Count()} {Word(g.Key)}"))}" +
        (now.Faults > 0 ? $"; {now.Faults} faults" : "") + (now.Away ? "; the system is away" : "");

    private Snapshot Now() => Snapshot.Of(run, clock.GetUtcNow());

    private async Task Repeat(TimeSpan every, Task work, Action draw)
    {
        while (!work.IsCompleted)
        {
            draw();
            using var enough = new CancellationTokenSource();
            await Task.WhenAny(work, Task.Delay(every, clock, enough.Token));
            await enough.CancelAsync();
        }
        draw();
    }

    internal static IRenderable Picture(Snapshot now)
    {
        var title = string.Create(CultureInfo.InvariantCulture, $"{now.Elapsed:mm\\:ss} gone, ") +
            (now.Left > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"{now.Left:mm\\:ss} of new calls left") : "the last calls end") +
            $"   {now.Calls} calls, {now.Live} live, {now.InMenu} in the menu" + (now.Faults > 0 ? $"   {now.Faults} faults" : "");
        var rows = new List<IRenderable> { new Text(title), Queues(now), Agents(now) };
        if (now.Away)
        {
            rows.Add(new Text("The system is away; waiting for its return.", new Style(Color.Yellow)));
        }
        return new Rows(rows);
    }

    private static Table Queues(Snapshot now)
    {
        var table = Head("Queue", "Calls", "Waiting", "Longest", "Talking", "Answered", "Left");
        foreach (var q in now.Queues)
        {
            table.AddRow($"{q.Tenant} / {q.Queue}".EscapeMarkup(), Count(q.Calls), Count(q.Waiting), Time(q.Longest), Count(q.Talking), Count(q.Answered), Count(q.Left));
        }
        return table;
    }

    private static Table Agents(Snapshot now)
    {
        var table = Head("Agent", "Now", "Since", "Answered", "Missed");
        foreach (var a in now.Agents)
        {
            table.AddRow(a.User.EscapeMarkup(), Word(a.Stage), Time(a.Since), Count(a.Answered), Count(a.Missed));
        }
        return table;
    }

    private static Table Head(string first, params string[] others)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn(first);
        foreach (var other in others)
        {
            table.AddColumn(new TableColumn(other).RightAligned());
        }
        return table;
    }

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(TimeSpan time) => time <= TimeSpan.Zero ? "" : time.ToString(@"m\:ss", CultureInfo.InvariantCulture);

    private static string Word(Tally.AgentStage stage) => stage switch
    {
        Tally.AgentStage.Talk => "talking",
        Tally.AgentStage.Hold => "on hold",
        Tally.AgentStage.WrapUp => "wrap-up",
        _ => stage.ToString().ToLowerInvariant(),
    };
}
