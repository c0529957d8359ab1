using CallCenter.Hosting;
using CallCenter.Ivr;

var builder = WebApplication.CreateBuilder(args);
await builder.UseSidecar();
builder.AddCallCenterDefaults();
builder.AddIvr();
var app = builder.Build();
app.MapCallCenterDefaults();
app.MapIvr();
await app.RunOrMigrate(args);
