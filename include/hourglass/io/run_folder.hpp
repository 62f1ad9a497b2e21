// The folder in which a run leaves its results, epoch by epoch. What stands in it is always of one epoch of one run,
// whole, whenever the program ends: also the results of an earlier run, until the first epoch of the new one is there.
// What the files hold is not known here.
//
//     out/metrics.json            -> .current/metrics.json       links, all through the one link .current
//     out/weights.safetensors     -> .current/weights.safetensors
//     out/.current                -> .epochs/9f3a62c1-7          exchanged by one rename when an epoch is complete
//     out/.epochs/9f3a62c1-7/        the files
//     out/.lock                      held by the process that writes here
#pragma once

#include "hourglass/io/error.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace hourglass::io {

class run_folder {
public:
    // Makes the folder where there is none, takes it for this process, and removes what a killed run has left. Nothing
    // that a reader sees is changed. `run` names the run in the files. Throws `error` where another process has it,
    // naming that process, and where it cannot be written to.
    run_folder(std::filesystem::path folder, std::string run);
    run_folder(const run_folder&) = delete;
    run_folder& operator=(const run_folder&) = delete;
    ~run_folder();

    const std::filesystem::path& path() const { return folder_; }

    // An empty folder for the files of an epoch, which no reader sees. What an earlier call gave and was not published
    // is removed. Throws `error`.
    std::filesystem::path begin(int epoch);

    // A file that readers see stays, or all of them that have no successor in it; and a file in it has another name
    // too. Nothing is copied.
    void keep(const std::string& name);
    void keep_others();
    void name_also(const std::string& name, const std::string& other);

    // The names of the files in it. Throws `error` where it holds something else than files, and where the run's folder
    // holds something else under one of these names, such as a folder, in whose place no file can be put.
    std::vector<std::string> staged() const;

    // Makes an epoch of plain files under these names, as somebody leaves them who copies a run's folder or writes
    // without links, so that they can be kept and are exchanged together. Readers see what they saw.
    void adopt(const std::vector<std::string>& names);

    // Puts all of them in the place of those that readers see, together: it is done or not done, at whatever moment the
    // process or the machine stops. Each picture (PNG) is given the texts "run" and "epoch". Throws `error`, after
    // which readers see what they saw before.
    void publish();

private:
    void take();
    void clear();
    void link(const std::string& name);
    void point_to(const std::string& epoch);
    void remove_old();

    std::filesystem::path folder_;
    std::string run_, staged_; // the name of the epoch's folder below .epochs; empty where there is none
    int epoch_ = 0;
    std::set<std::string> kept_; // of the staged files
    struct descriptor {
        int number = -1;
        ~descriptor();
    } lock_;
};

}
